// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, Intent} from "./Intent.sol";
import {Key, Session, SessionIdentity} from "./Session.sol";

/// @notice Struct hashes (EIP-712) of what is signed, apart from terms (see TermsHash), and the session id.
library TypedData {
    // Written out as literals, because anything else would be hashed anew at every use.
    bytes32 internal constant CALL_TYPEHASH = keccak256("Call(address to,uint256 value,bytes data)");
    bytes32 internal constant KEY_TYPEHASH = keccak256("Key(uint8 scheme,bytes publicKey)");
    bytes32 internal constant SESSION_TYPEHASH = keccak256(
        "Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,"
        "uint40 grantDeadline,Terms terms)" "Key(uint8 scheme,bytes publicKey)"
        "Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,"
        "uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)"
        "SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)"
        "Terms(Permission[] permissions,SpendLimit[] spendLimits)"
    );
    bytes32 internal constant SESSIONS_TYPEHASH = keccak256(
        "Sessions(Session[] sessions,bytes32[] ended)" "Key(uint8 scheme,bytes publicKey)"
        "Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,"
        "uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)"
        "Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,"
        "uint40 grantDeadline,Terms terms)"
        "SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)"
        "Terms(Permission[] permissions,SpendLimit[] spendLimits)"
    );
    bytes32 internal constant INTENT_TYPEHASH = keccak256(
        "Intent(address account,bytes32 sessionId,uint32 lane,uint32 sequence,Call[] calls,uint40 expiry,uint32 callGas)"
        "Call(address to,uint256 value,bytes data)"
    );
    bytes32 internal constant REVOCATION_TYPEHASH = keccak256("Revocation(address account,bytes32 sessionId)");

    function hashKey(Key calldata key) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY_TYPEHASH, key.scheme, keccak256(key.publicKey)));
    }

    /// @dev The plain form of what a grant is checked with; tests hold the two together.
    /// @param termsHash Hash of the terms, computed or from the registry.
    function hashSession(Session calldata session, bytes32 termsHash) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SESSION_TYPEHASH,
                session.account,
                session.policyId,
                hashKey(session.key),
                session.validAfter,
                session.validUntil,
                session.epoch,
                session.grantDeadline,
                termsHash
            )
        );
    }

    /// @param sessionHashes Struct hashes of the sessions, in order.
    /// @param ended Ids of the sessions that end.
    function hashSessions(bytes32[] memory sessionHashes, bytes32[] memory ended) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                SESSIONS_TYPEHASH, keccak256(abi.encodePacked(sessionHashes)), keccak256(abi.encodePacked(ended))
            )
        );
    }

    /// @dev The plain form of what the executor computes while it parses; tests hold the two together.
    function hashIntent(Intent calldata intent) internal pure returns (bytes32) {
        bytes32[] memory calls = new bytes32[](intent.calls.length);
        for (uint256 i; i < calls.length; ++i) {
            Call calldata call = intent.calls[i];
            calls[i] = keccak256(abi.encode(CALL_TYPEHASH, call.to, call.value, keccak256(call.data)));
        }
        return keccak256(
            abi.encode(
                INTENT_TYPEHASH,
                intent.account,
                intent.sessionId,
                intent.lane,
                intent.sequence,
                keccak256(abi.encodePacked(calls)),
                intent.expiry,
                intent.callGas
            )
        );
    }

    function hashRevocation(address account, bytes32 sessionId) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPEHASH, account, sessionId));
    }

    /// @dev policyId 32 ‖ tableHash 32 ‖ account 20 ‖ scheme 1 ‖ epoch 4 ‖ publicKey (64 or 20). The scheme fixes the length
    /// of the key, so no two identities share a preimage.
    function identify(SessionIdentity calldata identity) internal pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                identity.policyId,
                identity.tableHash,
                identity.account,
                identity.key.scheme,
                identity.epoch,
                identity.key.publicKey
            )
        );
    }
}
