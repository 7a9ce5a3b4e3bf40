// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";

import {ITermsCompiler} from "./interfaces/ITermsCompiler.sol";
import {FunctionSignature} from "./types/FunctionSignature.sol";
import {PermissionTable} from "./types/PermissionTable.sol";
import {RuleText} from "./types/RuleText.sol";
import {Permission, SpendLimit, Terms} from "./types/Terms.sol";
import {TermsHash} from "./types/TermsHash.sol";
import {UnboundedFunctions} from "./types/UnboundedFunctions.sol";

/// @title TermsCompiler
/// @notice Part of SessionManager, whose address depends on it; apart only because of its size.
/// @dev Holds: nothing, neither state nor assets. Trusted: nobody. What is granted is decided here: the executor believes
/// a table without checking it again. (Besides the targets refused here, SessionManager refuses, at each grant, the
/// account itself and the contracts that it created; it is always the caller.)
contract TermsCompiler is ITermsCompiler {
    using PermissionTable for bytes;

    /// @dev What entries have taken so far.
    struct Taken {
        uint256 cells;
        uint256 meters;
    }

    /// @inheritdoc ITermsCompiler
    function compile(Terms calldata terms) external view returns (bytes memory table, bytes32 termsHash) {
        uint256 count = terms.permissions.length;
        require(
            count != 0 && count <= PermissionTable.MAX_ENTRIES,
            InvalidPermissionCount(count, PermissionTable.MAX_ENTRIES)
        );
        uint256 spends = terms.spendLimits.length;
        require(spends <= PermissionTable.MAX_SPENDS, TooManySpendLimits(spends, PermissionTable.MAX_SPENDS));

        table = PermissionTable.create();
        table.put((spends << 4) | count, 1);
        Taken memory taken;
        uint256[] memory functions = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            functions[i] = _putPermission(table, terms, i, taken);
            for (uint256 j; j < i; ++j) {
                require(functions[i] != functions[j], DuplicatePermission(i));
            }
        }
        for (uint256 i; i < spends; ++i) {
            _putSpendLimit(table, terms, i);
        }
        require(taken.cells <= PermissionTable.MAX_CELLS, TooManyCounters(taken.cells, PermissionTable.MAX_CELLS));
        uint256 meters = taken.meters + spends;
        require(meters <= PermissionTable.MAX_METERS, TooManyMeters(meters, PermissionTable.MAX_METERS));
        termsHash = TermsHash.hash(terms);
    }

    /// @inheritdoc ITermsCompiler
    function requireWithin(bytes calldata table, bytes calldata policyTable) external pure {
        PermissionTable.requireWithin(table, policyTable);
    }

    // ── Permissions ───────────────────────────────────────────────────────────

    /// @return function_ Contract and selector as a number.
    function _putPermission(bytes memory table, Terms calldata terms, uint256 index, Taken memory taken)
        private
        view
        returns (uint256 function_)
    {
        Permission calldata permission = terms.permissions[index];
        _checkLimits(permission, index);
        require(!_isForbidden(permission.to), ForbiddenTarget(permission.to));
        (bytes4 selector, uint256 types) = FunctionSignature.parse(permission.signature);
        require(!UnboundedFunctions.contains(selector), UnboundedFunction(index));
        uint256 flags = _tokenFunction(selector);
        require(flags == 0 || _hasSpendLimit(terms, permission.to), SpendLimitMissing(index));

        flags = (flags << PermissionTable.TOKEN_SHIFT) | (taken.cells << PermissionTable.CELL_SHIFT);
        if (permission.maxValue != 0) flags |= PermissionTable.VALUE;
        if (permission.period != 0) flags |= PermissionTable.PERIOD;
        if (permission.rules.length != 0) flags |= PermissionTable.RULES;
        function_ = (uint256(uint160(permission.to)) << 32) | uint32(selector);
        table.put(flags, 1);
        table.put(function_, 24);
        _putLimits(table, permission, taken);
        if (permission.rules.length != 0) _putRules(table, permission, index, types, taken);
    }

    function _checkLimits(Permission calldata permission, uint256 index) private pure {
        (uint256 calls, uint256 period) = (permission.maxCalls, permission.period);
        (uint256 perCall, uint256 total) = (permission.maxValuePerCall, permission.maxValue);
        (uint256 periodCalls, uint256 perPeriod) = (permission.maxCallsPerPeriod, permission.maxValuePerPeriod);
        require(
            calls != 0 && calls <= PermissionTable.MAX_CALL_LIMIT,
            InvalidCallLimit(index, calls, PermissionTable.MAX_CALL_LIMIT)
        );
        require((perCall == 0) == (total == 0) && perCall <= total, InvalidValueLimit(index, perCall, total));
        require(
            period == 0
                ? periodCalls == 0 && perPeriod == 0
                : _isPeriod(period) && periodCalls != 0 && periodCalls <= calls && perPeriod >= perCall
                    && perPeriod <= total,
            InvalidPeriod(index, period)
        );
    }

    function _putLimits(bytes memory table, Permission calldata permission, Taken memory taken) private pure {
        table.put(permission.maxCalls, 4);
        bool carriesValue = permission.maxValue != 0;
        if (carriesValue) {
            table.put(taken.meters++, 1);
            table.put(permission.maxValuePerCall, 14);
            table.put(permission.maxValue, 14);
        }
        if (permission.period != 0) {
            table.put(permission.period, 4);
            table.put(permission.maxCallsPerPeriod, 4);
            if (carriesValue) table.put(permission.maxValuePerPeriod, 14);
        }
    }

    function _putRules(
        bytes memory table,
        Permission calldata permission,
        uint256 index,
        uint256 types,
        Taken memory taken
    ) private pure {
        uint256 count = permission.rules.length;
        require(count <= PermissionTable.MAX_RULES, TooManyRules(index, count, PermissionTable.MAX_RULES));
        table.put(count, 1);
        for (uint256 i; i < count; ++i) {
            (RuleText.Outcome outcome, bool isSum) =
                RuleText.compile(permission.rules[i], types, permission.period != 0, taken.meters, table);
            require(outcome != RuleText.Outcome.Unsupported, UnsupportedRule(index, i));
            require(outcome == RuleText.Outcome.Valid, InvalidRule(index, i));
            if (isSum) ++taken.meters;
        }
    }

    // ── Tokens ────────────────────────────────────────────────────────────────

    /// @dev How the function moves tokens, as the flags say it; 0 if it is none of those that every token has.
    function _tokenFunction(bytes4 selector) private pure returns (uint256) {
        if (selector == 0xa9059cbb) return PermissionTable.TOKEN_TRANSFER; // transfer(address,uint256)
        if (selector == 0x23b872dd) return PermissionTable.TOKEN_TRANSFER_FROM; // transferFrom(address,address,uint256)
        if (selector == 0x095ea7b3) return PermissionTable.TOKEN_APPROVE; // approve(address,uint256)
        if (selector == 0x39509351) return PermissionTable.TOKEN_APPROVE; // increaseAllowance(address,uint256)
        return 0;
    }

    function _hasSpendLimit(Terms calldata terms, address token) private pure returns (bool) {
        for (uint256 i; i < terms.spendLimits.length; ++i) {
            if (terms.spendLimits[i].token == token) return true;
        }
        return false;
    }

    function _putSpendLimit(bytes memory table, Terms calldata terms, uint256 index) private view {
        SpendLimit calldata limit = terms.spendLimits[index];
        (address token, uint256 total) = (limit.token, limit.maxAmount);
        (uint256 period, uint256 perPeriod) = (limit.period, limit.maxAmountPerPeriod);
        bool isValid = !_isForbidden(token) && total != 0 && perPeriod <= total
            && (period == 0 ? perPeriod == 0 : _isPeriod(period) && perPeriod != 0);
        for (uint256 i; i < index; ++i) {
            if (terms.spendLimits[i].token == token) isValid = false;
        }
        require(isValid, InvalidSpendLimit(index));
        table.put(uint160(token), 20);
        table.put(total, 14);
        table.put(period, 4);
        table.put(perPeriod, 14);
    }

    // ── Common ────────────────────────────────────────────────────────────────

    function _isPeriod(uint256 period) private pure returns (bool) {
        return period >= PermissionTable.MIN_PERIOD && period <= PermissionTable.MAX_PERIOD;
    }

    /// @dev What acts for accounts, or keeps their allowances, and precompiles with what may come to be one.
    function _isForbidden(address target) private view returns (bool) {
        return uint160(target) <= type(uint16).max || target == address(this) || target == msg.sender
            || target == address(ERC4337Utils.ENTRYPOINT_V09)
            || target == address(ERC4337Utils.ENTRYPOINT_V08) || target == address(ERC4337Utils.ENTRYPOINT_V07)
            || target == 0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789 // EntryPoint 0.6
            || target == 0x000000000022D473030F116dDEE9F6B43aC78BA3; // Permit2
    }
}
