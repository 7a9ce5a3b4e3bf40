// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permission, SpendLimit, Terms} from "./Terms.sol";

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

    function hash(Terms calldata terms) internal pure returns (bytes32) {
        bytes32[] memory permissions = new bytes32[](terms.permissions.length);
        for (uint256 i; i < permissions.length; ++i) {
            permissions[i] = _hash(terms.permissions[i]);
        }
        bytes32[] memory spendLimits = new bytes32[](terms.spendLimits.length);
        for (uint256 i; i < spendLimits.length; ++i) {
            spendLimits[i] = keccak256(abi.encode(SPEND_LIMIT_TYPEHASH, terms.spendLimits[i]));
        }
        return keccak256(abi.encode(TERMS_TYPEHASH, _hash(permissions), _hash(spendLimits)));
    }

    function _hash(Permission calldata permission) private pure returns (bytes32) {
        bytes32[] memory rules = new bytes32[](permission.rules.length);
        for (uint256 i; i < rules.length; ++i) {
            rules[i] = keccak256(bytes(permission.rules[i]));
        }
        return keccak256(
            abi.encode(
                PERMISSION_TYPEHASH,
                permission.to,
                keccak256(bytes(permission.signature)),
                permission.maxCalls,
                permission.maxValuePerCall,
                permission.maxValue,
                permission.period,
                permission.maxCallsPerPeriod,
                permission.maxValuePerPeriod,
                _hash(rules)
            )
        );
    }

    function _hash(bytes32[] memory hashes) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hashes));
    }
}
