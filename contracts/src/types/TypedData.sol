// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, Intent} from "./Intent.sol";
import {Key, Permission, Session, SessionIdentity} from "./Session.sol";

/// @notice Struct hashes (EIP-712) of everything that is signed, and the session id.
library TypedData {
    // Written out as literals, because anything else would be hashed anew at every use.
    bytes32 internal constant CALL_TYPEHASH = keccak256("Call(address to,uint256 value,bytes data)");
    bytes32 internal constant KEY_TYPEHASH = keccak256("Key(uint8 scheme,bytes publicKey)");
    bytes32 internal constant PERMISSION_TYPEHASH =
        keccak256("Permission(address to,string signature,uint32 maxCalls,uint128 maxValuePerCall,uint128 maxValue)");
    bytes32 internal constant SESSION_TYPEHASH = keccak256(
        "Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,"
        "uint40 grantDeadline,Permission[] permissions)" "Key(uint8 scheme,bytes publicKey)"
        "Permission(address to,string signature,uint32 maxCalls,uint128 maxValuePerCall,uint128 maxValue)"
    );
    bytes32 internal constant INTENT_TYPEHASH = keccak256(
        "Intent(address account,bytes32 sessionId,uint32 lane,uint32 sequence,Call[] calls,uint40 expiry,uint32 callGas)"
        "Call(address to,uint256 value,bytes data)"
    );
    bytes32 internal constant REVOCATION_TYPEHASH = keccak256("Revocation(address account,bytes32 sessionId)");

    function hashKey(Key calldata key) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY_TYPEHASH, key.scheme, keccak256(key.publicKey)));
    }

    function hashPermission(Permission calldata permission) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                PERMISSION_TYPEHASH,
                permission.to,
                keccak256(bytes(permission.signature)),
                permission.maxCalls,
                permission.maxValuePerCall,
                permission.maxValue
            )
        );
    }

    /// @param permissionsHash Hash of the array, computed or from the registry.
    function hashSession(Session calldata session, bytes32 permissionsHash) internal pure returns (bytes32) {
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
                permissionsHash
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

    /// @dev account 20 ‖ scheme 1 ‖ epoch 4 ‖ policyId 32 ‖ tableHash 32 ‖ publicKey (64 or 20). The scheme fixes the
    /// length of the key, so no two identities share a preimage.
    function identify(address account, uint32 epoch, bytes32 policyId, bytes32 tableHash, Key calldata key)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(account, key.scheme, epoch, policyId, tableHash, key.publicKey));
    }

    function identify(SessionIdentity calldata identity) internal pure returns (bytes32) {
        return identify(identity.account, identity.epoch, identity.policyId, identity.tableHash, identity.key);
    }
}
