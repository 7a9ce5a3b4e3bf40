// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {RuleEncoder} from "./RuleEncoder.sol";

/// @notice Writes the compact form of terms from its description, without any of the contracts' own code. Believes that the
/// terms can be granted.
library TableEncoder {
    /// @return table counts 1 ‖ entries ‖ spends.
    function encode(Terms memory terms) internal pure returns (bytes memory table) {
        table = abi.encodePacked(uint8(terms.spendLimits.length * 16 + terms.permissions.length));
        uint256 cell;
        uint256 meter;
        for (uint256 i; i < terms.permissions.length; ++i) {
            Permission memory permission = terms.permissions[i];
            table = bytes.concat(table, bytes1(_flags(permission, cell)));
            table = bytes.concat(table, abi.encodePacked(permission.to, selectorOf(permission), permission.maxCalls));
            table = bytes.concat(table, _limits(permission, meter));
            if (permission.maxValue != 0) ++meter;
            bytes memory rules;
            (rules, meter) = _rules(permission, meter);
            table = bytes.concat(table, rules);
            cell += permission.period == 0 ? 1 : 3;
        }
        for (uint256 i; i < terms.spendLimits.length; ++i) {
            SpendLimit memory limit = terms.spendLimits[i];
            table = bytes.concat(
                table, abi.encodePacked(limit.token, limit.maxAmount, limit.period, limit.maxAmountPerPeriod)
            );
        }
    }

    function _flags(Permission memory permission, uint256 cell) private pure returns (uint8) {
        bytes32 signature = keccak256(bytes(permission.signature));
        uint256 token;
        if (signature == keccak256("transfer(address,uint256)")) token = 1;
        if (signature == keccak256("transferFrom(address,address,uint256)")) token = 2;
        if (signature == keccak256("approve(address,uint256)")) token = 3;
        if (signature == keccak256("increaseAllowance(address,uint256)")) token = 3;
        return uint8(
            (permission.maxValue != 0 ? 1 : 0) + (permission.period != 0 ? 2 : 0)
                + (permission.rules.length != 0 ? 4 : 0) + token * 8 + cell * 32
        );
    }

    function _limits(Permission memory permission, uint256 meter) private pure returns (bytes memory limits) {
        if (permission.maxValue != 0) {
            limits = abi.encodePacked(uint8(meter), permission.maxValuePerCall, permission.maxValue);
        }
        if (permission.period != 0) {
            limits = bytes.concat(limits, abi.encodePacked(permission.period, permission.maxCallsPerPeriod));
            if (permission.maxValue != 0) limits = bytes.concat(limits, bytes14(permission.maxValuePerPeriod));
        }
    }

    function _rules(Permission memory permission, uint256 meter)
        private
        pure
        returns (bytes memory rules, uint256 nextMeter)
    {
        nextMeter = meter;
        if (permission.rules.length == 0) return (rules, nextMeter);
        rules = abi.encodePacked(uint8(permission.rules.length));
        string[] memory types = RuleEncoder.typesOf(permission.signature);
        for (uint256 i; i < permission.rules.length; ++i) {
            (bytes memory rule, bool isSum) =
                RuleEncoder.encode(permission.rules[i], types, permission.period != 0, nextMeter);
            rules = bytes.concat(rules, rule);
            if (isSum) ++nextMeter;
        }
    }

    function selectorOf(Permission memory permission) internal pure returns (bytes4) {
        return bytes4(keccak256(bytes(permission.signature)));
    }
}
