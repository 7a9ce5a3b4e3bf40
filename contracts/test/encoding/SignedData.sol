// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Intent} from "../../src/types/Intent.sol";
import {Key, Session} from "../../src/types/Session.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";

/// @notice What owners and session keys sign, hashed as a wallet does it (EIP-712), without any of the contracts' own code.
library SignedData {
    string private constant CALL = "Call(address to,uint256 value,bytes data)";
    string private constant KEY = "Key(uint8 scheme,bytes publicKey)";
    string private constant PERMISSION =
        "Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)";
    string private constant SPEND_LIMIT =
        "SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)";
    string private constant TERMS = "Terms(Permission[] permissions,SpendLimit[] spendLimits)";
    string private constant SESSION =
        "Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,uint40 grantDeadline,Terms terms)";
    string private constant INTENT =
        "Intent(address account,bytes32 sessionId,uint32 lane,uint32 sequence,Call[] calls,uint40 expiry,uint32 callGas)";

    function sessionType() internal pure returns (string memory) {
        return string.concat(SESSION, KEY, PERMISSION, SPEND_LIMIT, TERMS);
    }

    function sessionsType() internal pure returns (string memory) {
        return
            string.concat("Sessions(Session[] sessions,bytes32[] ended)", KEY, PERMISSION, SESSION, SPEND_LIMIT, TERMS);
    }

    function revocationType() internal pure returns (string memory) {
        return "Revocation(address account,bytes32 sessionId)";
    }

    function hashTerms(Terms memory terms) internal pure returns (bytes32) {
        bytes32[] memory permissions = new bytes32[](terms.permissions.length);
        for (uint256 i; i < permissions.length; ++i) {
            permissions[i] = _hashPermission(terms.permissions[i]);
        }
        bytes32[] memory spendLimits = new bytes32[](terms.spendLimits.length);
        for (uint256 i; i < spendLimits.length; ++i) {
            SpendLimit memory limit = terms.spendLimits[i];
            spendLimits[i] = keccak256(abi.encode(keccak256(bytes(SPEND_LIMIT)), limit));
        }
        return keccak256(
            abi.encode(
                keccak256(bytes(string.concat(TERMS, PERMISSION, SPEND_LIMIT))),
                keccak256(abi.encodePacked(permissions)),
                keccak256(abi.encodePacked(spendLimits))
            )
        );
    }

    function _hashPermission(Permission memory permission) private pure returns (bytes32) {
        bytes32[] memory rules = new bytes32[](permission.rules.length);
        for (uint256 i; i < rules.length; ++i) {
            rules[i] = keccak256(bytes(permission.rules[i]));
        }
        bytes memory limits = abi.encode(
            permission.maxCalls,
            permission.maxValuePerCall,
            permission.maxValue,
            permission.period,
            permission.maxCallsPerPeriod,
            permission.maxValuePerPeriod
        );
        return keccak256(
            bytes.concat(
                abi.encode(keccak256(bytes(PERMISSION)), permission.to, keccak256(bytes(permission.signature))),
                limits,
                keccak256(abi.encodePacked(rules))
            )
        );
    }

    /// @dev With the hash of its terms in `termsHash`; `session.terms` are not read.
    function hashSession(Session memory session, bytes32 termsHash) internal pure returns (bytes32) {
        Key memory key = session.key;
        bytes32 keyHash = keccak256(abi.encode(keccak256(bytes(KEY)), key.scheme, keccak256(key.publicKey)));
        return keccak256(
            bytes.concat(
                abi.encode(keccak256(bytes(sessionType())), session.account, session.policyId, keyHash),
                abi.encode(session.validAfter, session.validUntil, session.epoch, session.grantDeadline, termsHash)
            )
        );
    }

    function hashSessions(bytes32[] memory sessionHashes, bytes32[] memory ended) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(bytes(sessionsType())),
                keccak256(abi.encodePacked(sessionHashes)),
                keccak256(abi.encodePacked(ended))
            )
        );
    }

    function hashRevocation(address account, bytes32 sessionId) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(bytes(revocationType())), account, sessionId));
    }

    function hashIntent(Intent memory intent) internal pure returns (bytes32) {
        bytes32[] memory calls = new bytes32[](intent.calls.length);
        for (uint256 i; i < calls.length; ++i) {
            calls[i] = keccak256(
                abi.encode(
                    keccak256(bytes(CALL)), intent.calls[i].to, intent.calls[i].value, keccak256(intent.calls[i].data)
                )
            );
        }
        return keccak256(
            bytes.concat(
                abi.encode(keccak256(bytes(string.concat(INTENT, CALL))), intent.account, intent.sessionId),
                abi.encode(intent.lane, intent.sequence, keccak256(abi.encodePacked(calls))),
                abi.encode(intent.expiry, intent.callGas)
            )
        );
    }

    function domainOf(address manager) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Playkey"),
                keccak256("1"),
                block.chainid,
                manager
            )
        );
    }

    function digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev What the owner of an account with nested signatures (ERC-7739) signs in place of `contents`.
    /// @param contentsType Of the contents, whose name is `contentsName`.
    function nestedDigest(
        bytes32 domain,
        bytes32 contents,
        string memory contentsName,
        string memory contentsType,
        string memory accountName,
        address account
    ) internal view returns (bytes32) {
        bytes32 nestedType = keccak256(
            abi.encodePacked(
                "TypedDataSign(",
                contentsName,
                " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                contentsType
            )
        );
        return digest(
            domain,
            keccak256(
                bytes.concat(
                    abi.encode(nestedType, contents, keccak256(bytes(accountName)), keccak256("1")),
                    abi.encode(block.chainid, account, bytes32(0))
                )
            )
        );
    }
}
