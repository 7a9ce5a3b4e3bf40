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

    /// @dev What the permissions so far have taken, and the numbers of the present one.
    struct State {
        uint256 cells;
        uint256 meters;
        uint256 maxCalls;
        uint256 maxValuePerCall;
        uint256 maxValue;
        uint256 period;
        uint256 maxCallsPerPeriod;
        uint256 maxValuePerPeriod;
        uint256[8] functions;
    }

    /// @inheritdoc ITermsCompiler
    function compile(Terms calldata terms) external view returns (bytes memory table, bytes32 termsHash) {
        Permission[] calldata permissions = terms.permissions;
        SpendLimit[] calldata spendLimits = terms.spendLimits;
        uint256 count = permissions.length;
        uint256 spends = spendLimits.length;
        require(
            count != 0 && count <= PermissionTable.MAX_ENTRIES,
            InvalidPermissionCount(count, PermissionTable.MAX_ENTRIES)
        );
        require(spends <= PermissionTable.MAX_SPENDS, TooManySpendLimits(spends, PermissionTable.MAX_SPENDS));

        table = PermissionTable.create();
        table.put((spends << 4) | count, 1);
        State memory state;
        unchecked {
            for (uint256 i; i < count; ++i) {
                _putPermission(table, permissions, spendLimits, i, state);
            }
            for (uint256 i; i < spends; ++i) {
                _putSpendLimit(table, spendLimits, i);
            }
            uint256 meters = state.meters + spends;
            require(state.cells <= PermissionTable.MAX_CELLS, TooManyCounters(state.cells, PermissionTable.MAX_CELLS));
            require(meters <= PermissionTable.MAX_METERS, TooManyMeters(meters, PermissionTable.MAX_METERS));
        }
        termsHash = TermsHash.hash(permissions, spendLimits);
    }

    /// @inheritdoc ITermsCompiler
    function requireWithin(bytes calldata table, bytes calldata policyTable) external pure {
        PermissionTable.requireWithin(table, policyTable);
    }

    // ── Permissions ───────────────────────────────────────────────────────────

    function _putPermission(
        bytes memory table,
        Permission[] calldata permissions,
        SpendLimit[] calldata spendLimits,
        uint256 index,
        State memory state
    ) private view {
        Permission calldata permission = permissions[index];
        _checkLimits(permission, index, state);
        uint256 to = uint160(permission.to);
        require(!_isForbidden(to), ForbiddenTarget(address(uint160(to))));
        (uint256 selector, uint256 types) = FunctionSignature.parse(permission.signature);
        require(!UnboundedFunctions.contains(selector), UnboundedFunction(index));
        uint256 flags = _tokenFunction(selector);
        require(flags == 0 || _hasSpendLimit(spendLimits, to, spendLimits.length), SpendLimitMissing(index));
        _checkUnique((to << 32) | selector, index, state);

        flags = (flags << PermissionTable.TOKEN_SHIFT) | (state.cells << PermissionTable.CELL_SHIFT);
        if (state.maxValue != 0) flags |= PermissionTable.VALUE;
        if (state.period != 0) flags |= PermissionTable.PERIOD;
        if (permission.rules.length != 0) flags |= PermissionTable.RULES;
        table.put(flags, 1);
        table.put((to << 32) | selector, 24);
        _putLimits(table, state);
        if (permission.rules.length != 0) _putRules(table, permission.rules, index, types, state);
    }

    function _checkLimits(Permission calldata permission, uint256 index, State memory state) private pure {
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
        (state.maxCalls, state.period) = (calls, period);
        (state.maxValuePerCall, state.maxValue) = (perCall, total);
        (state.maxCallsPerPeriod, state.maxValuePerPeriod) = (periodCalls, perPeriod);
    }

    function _checkUnique(uint256 function_, uint256 index, State memory state) private pure {
        unchecked {
            for (uint256 i; i < index; ++i) {
                require(state.functions[i] != function_, DuplicatePermission(index));
            }
        }
        state.functions[index] = function_;
    }

    function _putLimits(bytes memory table, State memory state) private pure {
        unchecked {
            ++state.cells;
            table.put(state.maxCalls, 4);
            if (state.maxValue != 0) {
                table.put(state.meters++, 1);
                table.put(state.maxValuePerCall, 14);
                table.put(state.maxValue, 14);
            }
            if (state.period == 0) return;
            state.cells += 2;
            table.put(state.period, 4);
            table.put(state.maxCallsPerPeriod, 4);
            if (state.maxValue != 0) table.put(state.maxValuePerPeriod, 14);
        }
    }

    function _putRules(bytes memory table, string[] calldata rules, uint256 index, uint256 types, State memory state)
        private
        pure
    {
        require(rules.length <= PermissionTable.MAX_RULES, TooManyRules(index, rules.length, PermissionTable.MAX_RULES));
        table.put(rules.length, 1);
        unchecked {
            for (uint256 i; i < rules.length; ++i) {
                (bool isSupported, bool isValid, bool isSum) =
                    RuleText.compile(rules[i], types, state.period != 0, state.meters, table);
                require(isSupported, UnsupportedRule(index, i));
                require(isValid, InvalidRule(index, i));
                if (isSum) ++state.meters;
            }
        }
    }

    // ── Tokens ────────────────────────────────────────────────────────────────

    /// @dev How the function moves tokens, as the flags say it; 0 if it is none of those that every token has.
    function _tokenFunction(uint256 selector) private pure returns (uint256) {
        if (selector == 0xa9059cbb) return PermissionTable.TOKEN_TRANSFER; // transfer(address,uint256)
        if (selector == 0x23b872dd) return PermissionTable.TOKEN_TRANSFER_FROM; // transferFrom(address,address,uint256)
        if (selector == 0x095ea7b3) return PermissionTable.TOKEN_APPROVE; // approve(address,uint256)
        if (selector == 0x39509351) return PermissionTable.TOKEN_APPROVE; // increaseAllowance(address,uint256)
        return 0;
    }

    /// @dev Whether one of the first `count` is of `token`.
    function _hasSpendLimit(SpendLimit[] calldata spendLimits, uint256 token, uint256 count)
        private
        pure
        returns (bool)
    {
        unchecked {
            for (uint256 i; i < count; ++i) {
                if (uint160(spendLimits[i].token) == token) return true;
            }
        }
        return false;
    }

    function _putSpendLimit(bytes memory table, SpendLimit[] calldata spendLimits, uint256 index) private view {
        SpendLimit calldata limit = spendLimits[index];
        (uint256 token, uint256 total) = (uint160(limit.token), limit.maxAmount);
        (uint256 period, uint256 perPeriod) = (limit.period, limit.maxAmountPerPeriod);
        require(
            !_isForbidden(token) && !_hasSpendLimit(spendLimits, token, index) && total != 0 && perPeriod <= total
                && (period == 0 ? perPeriod == 0 : _isPeriod(period) && perPeriod != 0),
            InvalidSpendLimit(index)
        );
        table.put(token, 20);
        table.put(total, 14);
        table.put(period, 4);
        table.put(perPeriod, 14);
    }

    // ── Common ────────────────────────────────────────────────────────────────

    function _isPeriod(uint256 period) private pure returns (bool) {
        return period >= PermissionTable.MIN_PERIOD && period <= PermissionTable.MAX_PERIOD;
    }

    /// @dev What acts for accounts, or keeps their allowances; precompiles, and what may come to be one.
    function _isForbidden(uint256 target) private view returns (bool) {
        return target <= type(uint16).max || target == uint160(address(this)) || target == uint160(msg.sender)
            || target == uint160(address(ERC4337Utils.ENTRYPOINT_V09))
            || target == uint160(address(ERC4337Utils.ENTRYPOINT_V08))
            || target == uint160(address(ERC4337Utils.ENTRYPOINT_V07))
            || target == uint160(0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789) // EntryPoint 0.6
            || target == uint160(0x000000000022D473030F116dDEE9F6B43aC78BA3); // Permit2
    }
}
