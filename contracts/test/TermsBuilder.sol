// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permission, SpendLimit, Terms} from "../src/types/Terms.sol";
import {Base} from "./Base.sol";

/// @notice Terms, put together limit by limit.
abstract contract TermsBuilder is Base {
    function permissionOf(address to, string memory signature, uint32 maxCalls)
        internal
        pure
        returns (Permission memory permission)
    {
        (permission.to, permission.signature, permission.maxCalls) = (to, signature, maxCalls);
    }

    function withValue(Permission memory permission, uint112 maxPerCall, uint112 max)
        internal
        pure
        returns (Permission memory)
    {
        (permission.maxValuePerCall, permission.maxValue) = (maxPerCall, max);
        return permission;
    }

    /// @param maxValue In each period; 0 for a permission without value.
    function withPeriod(Permission memory permission, uint32 period, uint32 maxCalls, uint112 maxValue)
        internal
        pure
        returns (Permission memory)
    {
        (permission.period, permission.maxCallsPerPeriod, permission.maxValuePerPeriod) = (period, maxCalls, maxValue);
        return permission;
    }

    /// @dev With one more rule.
    function withRule(Permission memory permission, string memory rule) internal pure returns (Permission memory) {
        string[] memory rules = new string[](permission.rules.length + 1);
        for (uint256 i; i < permission.rules.length; ++i) {
            rules[i] = permission.rules[i];
        }
        rules[permission.rules.length] = rule;
        permission.rules = rules;
        return permission;
    }

    function termsOf(Permission memory first) internal pure returns (Terms memory terms) {
        terms.permissions = new Permission[](1);
        terms.permissions[0] = first;
    }

    function termsOf(Permission memory first, Permission memory second) internal pure returns (Terms memory terms) {
        terms.permissions = new Permission[](2);
        (terms.permissions[0], terms.permissions[1]) = (first, second);
    }

    /// @dev With one more spend limit.
    function withSpendLimit(Terms memory terms, SpendLimit memory limit) internal pure returns (Terms memory) {
        SpendLimit[] memory limits = new SpendLimit[](terms.spendLimits.length + 1);
        for (uint256 i; i < terms.spendLimits.length; ++i) {
            limits[i] = terms.spendLimits[i];
        }
        limits[terms.spendLimits.length] = limit;
        terms.spendLimits = limits;
        return terms;
    }
}
