// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permission, SpendLimit} from "./Terms.sol";
import {Text} from "./Text.sol";

/// @notice Struct hash (EIP-712) of terms.
library TermsHash {
    // Written out as literals, because anything else would be hashed anew at every use.
    bytes32 internal constant PERMISSION_TYPEHASH = keccak256(
        "Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,"
        "uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)"
    );
    bytes32 internal constant SPEND_LIMIT_TYPEHASH =
        keccak256("SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)");
    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(Permission[] permissions,SpendLimit[] spendLimits)"
        "Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,"
        "uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)"
        "SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)"
    );

    /// @dev Hash of the terms that consist of these. All numbers and addresses must be known to fit their types.
    function hash(Permission[] calldata permissions, SpendLimit[] calldata spendLimits)
        internal
        pure
        returns (bytes32)
    {
        unchecked {
            bytes32[] memory permissionHashes = new bytes32[](permissions.length);
            for (uint256 i; i < permissions.length; ++i) {
                permissionHashes[i] = _hash(permissions[i]);
            }
            bytes32[] memory spendLimitHashes = new bytes32[](spendLimits.length);
            for (uint256 i; i < spendLimits.length; ++i) {
                spendLimitHashes[i] = _hash(spendLimits[i]);
            }
            return keccak256(abi.encode(TERMS_TYPEHASH, _hash(permissionHashes), _hash(spendLimitHashes)));
        }
    }

    /// @dev A struct in calldata has its members in the very order in which they are hashed, a word each; only the
    /// offsets of the dynamic ones give way to hashes.
    function _hash(Permission calldata permission) private pure returns (bytes32 result) {
        bytes32 typeHash = PERMISSION_TYPEHASH;
        bytes32 signature = Text.hash(permission.signature);
        bytes32[] memory rules = new bytes32[](permission.rules.length);
        unchecked {
            for (uint256 i; i < rules.length; ++i) {
                rules[i] = Text.hash(permission.rules[i]);
            }
        }
        bytes32 rulesHash = _hash(rules);
        assembly ("memory-safe") {
            let members := mload(0x40)
            mstore(members, typeHash)
            calldatacopy(add(members, 32), permission, 288)
            mstore(add(members, 64), signature)
            mstore(add(members, 288), rulesHash)
            result := keccak256(members, 320)
        }
    }

    function _hash(SpendLimit calldata limit) private pure returns (bytes32 result) {
        bytes32 typeHash = SPEND_LIMIT_TYPEHASH;
        assembly ("memory-safe") {
            let members := mload(0x40)
            mstore(members, typeHash)
            calldatacopy(add(members, 32), limit, 128)
            result := keccak256(members, 160)
        }
    }

    function _hash(bytes32[] memory hashes) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(add(hashes, 32), shl(5, mload(hashes)))
        }
    }
}
