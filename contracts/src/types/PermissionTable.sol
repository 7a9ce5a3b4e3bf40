// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../interfaces/ITermsCompiler.sol";

/// @notice The compact form of terms, which bundles carry once per section.
/// @dev table = counts 1 (permissions in the low 4 bits, spend limits in the high 4) ‖ entries ‖ spends
/// entry = flags 1 ‖ to 20 ‖ selector 4 ‖ maxCalls 4
///       ‖ [VALUE: meter 1 ‖ maxValuePerCall 14 ‖ maxValue 14]
///       ‖ [PERIOD: period 4 ‖ maxCallsPerPeriod 4 ‖ [VALUE: maxValuePerPeriod 14]]
///       ‖ [RULES: ruleCount 1 ‖ rules]
/// rule  = word 1 ‖ shape 1 ‖ (RULE_SUM: max 14 ‖ [PERIOD: maxPerPeriod 14] or else ranges × (low 32 ‖ high 32))
/// spend = token 20 ‖ maxAmount 14 ‖ period 4 ‖ maxAmountPerPeriod 14
/// All stands in the order of the terms; a call names its entry by position. Cells (19-bit counters) are dealt in
/// order, one for an entry or three for an entry with a period. Meters are dealt from 0 upwards to values and sums,
/// permission by permission, the value first; the meter of spend k is 7 - k.
library PermissionTable {
    /// @dev Flag: calls through this entry may carry value.
    uint256 internal constant VALUE = 1;
    /// @dev Flag: there are limits per period.
    uint256 internal constant PERIOD = 2;
    /// @dev Flag: arguments have rules.
    uint256 internal constant RULES = 4;
    /// @dev Two bits of the flags: the function moves or approves tokens. See the values below.
    uint256 internal constant TOKEN_SHIFT = 3;
    uint256 internal constant TOKEN_TRANSFER = 1;
    uint256 internal constant TOKEN_TRANSFER_FROM = 2;
    uint256 internal constant TOKEN_APPROVE = 3;
    /// @dev The three highest bits of the flags: the first cell of the entry.
    uint256 internal constant CELL_SHIFT = 5;

    /// @dev In the shape of a rule: a sum; the three lowest bits are its meter.
    uint256 internal constant RULE_SUM = 0x80;
    /// @dev In the shape of a rule: word and bounds are compared with their highest bit flipped.
    uint256 internal constant RULE_SIGNED = 0x40;
    /// @dev In the shape of a rule that is not a sum: how many ranges there are, 1 to 16.
    uint256 internal constant RULE_RANGES = 0x1f;

    uint256 internal constant MAX_ENTRIES = 8;
    uint256 internal constant MAX_SPENDS = 4;
    uint256 internal constant MAX_RULES = 8;
    uint256 internal constant MAX_RANGES = 16;
    uint256 internal constant MAX_CELLS = 8;
    uint256 internal constant MAX_METERS = 8;
    /// @dev The counters of a session have 19 bits.
    uint256 internal constant MAX_CALL_LIMIT = 524_287;
    uint256 internal constant MIN_PERIOD = 60;
    uint256 internal constant MAX_PERIOD = 30 days;
    uint256 internal constant SPEND_SIZE = 52;

    /// @dev No table is longer: 1 + 8 × (81 + 8 × (2 + 16 × 64)) + 4 × 52 bytes, with the 32 of its length in front, and
    /// the 31 behind that `put` overwrites.
    uint256 private constant CAPACITY = 66_592;

    // ── Writing ───────────────────────────────────────────────────────────────

    /// @dev An empty table with room for the longest.
    function create() internal pure returns (bytes memory table) {
        assembly ("memory-safe") {
            table := mload(0x40)
            mstore(table, 0)
            mstore(0x40, add(table, CAPACITY))
        }
    }

    /// @dev Appends the low `size` bytes of `value`.
    function put(bytes memory table, uint256 value, uint256 size) internal pure {
        assembly ("memory-safe") {
            let length := mload(table)
            mstore(add(add(table, 32), length), shl(shl(3, sub(32, size)), value))
            mstore(table, add(length, size))
        }
    }

    /// @dev Overwrites the byte at `at`, which is within `table`.
    function set(bytes memory table, uint256 at, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore8(add(add(table, 32), at), value)
        }
    }

    // ── Comparing ─────────────────────────────────────────────────────────────
    // Of tables that are known to be ours; they are not checked again. All positions are in calldata.

    /// @dev Reverts unless all that `table` allows is allowed by `policyTable`.
    function requireWithin(bytes calldata table, bytes calldata policyTable) internal pure {
        (uint256 entry, uint256 entries, uint256 spends) = _open(table);
        (uint256 policyStart, uint256 policyEntries, uint256 policySpends) = _open(policyTable);
        unchecked {
            uint256 policyEntry;
            for (uint256 i; i < entries; ++i) {
                bool isWithin;
                policyEntry = policyStart;
                for (uint256 j; j < policyEntries; ++j) {
                    if (_isEntryWithin(entry, policyEntry)) isWithin = true;
                    policyEntry = _skipEntry(policyEntry);
                }
                require(isWithin, ITermsCompiler.PermissionOutsidePolicy(i));
                entry = _skipEntry(entry);
            }
            // Both are behind the last entry now.
            for (uint256 i; i < policySpends; ++i) {
                bool isWithin;
                for (uint256 j; j < spends; ++j) {
                    if (_isSpendWithin(entry + j * SPEND_SIZE, policyEntry + i * SPEND_SIZE)) isWithin = true;
                }
                require(isWithin, ITermsCompiler.SpendLimitOutsidePolicy(i));
            }
        }
    }

    /// @return entry Where the first starts.
    function _open(bytes calldata table) private pure returns (uint256 entry, uint256 entries, uint256 spends) {
        assembly ("memory-safe") {
            entry := add(table.offset, 1)
        }
        uint256 counts = uint8(table[0]);
        return (entry, counts & 15, counts >> 4);
    }

    /// @dev Whether `inner` is the same function as `outer`, and all that it allows is allowed by `outer`.
    function _isEntryWithin(uint256 inner, uint256 outer) private pure returns (bool) {
        unchecked {
            if (_read(inner + 1, 24) != _read(outer + 1, 24) || !_isNotMore(inner + 25, outer + 25, 4)) return false;
            uint256 flags = _read(inner, 1);
            uint256 outerFlags = _read(outer, 1);
            if (flags & VALUE != 0) {
                if (
                    outerFlags & VALUE == 0 || !_isNotMore(inner + 30, outer + 30, 14)
                        || !_isNotMore(inner + 44, outer + 44, 14)
                ) return false;
            }
            if (outerFlags & PERIOD != 0) {
                if (flags & PERIOD == 0) return false;
                uint256 period = _periodOf(inner);
                uint256 outerPeriod = _periodOf(outer);
                if (
                    _read(period, 4) != _read(outerPeriod, 4) || !_isNotMore(period + 4, outerPeriod + 4, 4)
                        || (flags & VALUE != 0 && !_isNotMore(period + 8, outerPeriod + 8, 14))
                ) return false;
            }
            (uint256 rule, uint256 count) = _rulesOf(outer);
            for (uint256 i; i < count; ++i) {
                if (!_isImplied(inner, rule, outerFlags)) return false;
                rule = _skipRule(rule, outerFlags);
            }
            return true;
        }
    }

    /// @dev Whether `inner` is of the same token as `outer`, and no higher.
    function _isSpendWithin(uint256 inner, uint256 outer) private pure returns (bool) {
        unchecked {
            return _read(inner, 20) == _read(outer, 20) && _isNotMore(inner + 20, outer + 20, 14)
                && (_read(outer + 34, 4) == 0
                    || (_read(inner + 34, 4) == _read(outer + 34, 4) && _isNotMore(inner + 38, outer + 38, 14)));
        }
    }

    /// @dev Whether some rule of the entry `inner` is at least as strict as the rule `outer`.
    /// @param outerFlags Of the entry that `outer` belongs to. If it has a period, so has `inner`, the same.
    function _isImplied(uint256 inner, uint256 outer, uint256 outerFlags) private pure returns (bool) {
        (uint256 rule, uint256 count) = _rulesOf(inner);
        for (; count != 0; --count) {
            if (_isAsStrict(rule, outer, outerFlags)) return true;
            rule = _skipRule(rule, _read(inner, 1));
        }
        return false;
    }

    function _isAsStrict(uint256 inner, uint256 outer, uint256 outerFlags) private pure returns (bool) {
        unchecked {
            uint256 shape = _read(inner + 1, 1);
            uint256 outerShape = _read(outer + 1, 1);
            if (_read(inner, 1) != _read(outer, 1) || (shape ^ outerShape) & (RULE_SUM | RULE_SIGNED) != 0) {
                return false;
            }
            (inner, outer) = (inner + 2, outer + 2);
            if (shape & RULE_SUM != 0) {
                return
                    _isNotMore(inner, outer, 14) && (outerFlags & PERIOD == 0 || _isNotMore(inner + 14, outer + 14, 14));
            }
            for (uint256 i; i < shape & RULE_RANGES; ++i) {
                uint256 range = inner + 64 * i;
                if (!_isCovered(_read(range, 32), _read(range + 32, 32), outer, outerShape & RULE_RANGES)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// @dev Whether every number from `low` to `high` is in some of the `count` ranges at `ranges`. Goes on behind the
    /// first range in which `low` is.
    function _isCovered(uint256 low, uint256 high, uint256 ranges, uint256 count) private pure returns (bool) {
        unchecked {
            for (uint256 i; i < count; ++i) {
                uint256 range = ranges + 64 * i;
                uint256 end = _read(range + 32, 32);
                if (low < _read(range, 32) || low > end) continue;
                return high <= end || _isCovered(end + 1, high, ranges, count);
            }
            return false;
        }
    }

    // ── Reading ───────────────────────────────────────────────────────────────

    /// @dev Where the limits per period of `entry` are, or would be.
    function _periodOf(uint256 entry) private pure returns (uint256) {
        unchecked {
            return entry + 29 + 29 * (_read(entry, 1) & VALUE);
        }
    }

    /// @return rule Where the first rule of `entry` starts; where the entry ends if it has none.
    function _rulesOf(uint256 entry) private pure returns (uint256 rule, uint256 count) {
        unchecked {
            uint256 flags = _read(entry, 1);
            rule = _periodOf(entry);
            if (flags & PERIOD != 0) rule += 8 + 14 * (flags & VALUE);
            if (flags & RULES != 0) count = _read(rule++, 1);
        }
    }

    function _skipEntry(uint256 entry) private pure returns (uint256) {
        (uint256 at, uint256 count) = _rulesOf(entry);
        for (uint256 i; i < count; ++i) {
            at = _skipRule(at, _read(entry, 1));
        }
        return at;
    }

    /// @param flags Of the entry.
    function _skipRule(uint256 rule, uint256 flags) private pure returns (uint256) {
        unchecked {
            uint256 shape = _read(rule + 1, 1);
            if (shape & RULE_SUM == 0) return rule + 2 + 64 * (shape & RULE_RANGES);
            return rule + 16 + (flags & PERIOD == 0 ? 0 : 14);
        }
    }

    /// @dev `size` bytes as a number.
    function _read(uint256 at, uint256 size) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(shl(3, sub(32, size)), calldataload(at))
        }
    }

    function _isNotMore(uint256 inner, uint256 outer, uint256 size) private pure returns (bool) {
        return _read(inner, size) <= _read(outer, size);
    }
}
