// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calldata} from "./Calldata.sol";

/// @notice Limits of a table's entry as an intent is checked against them, read from call data. For the whole format see
/// PermissionTable, which writes it.
/// entry = flags 1 ‖ to 20 ‖ selector 4 ‖ maxCalls 4 ‖ limits;
/// limits = [VALUE: meter 1 ‖ maxValuePerCall 14 ‖ maxValue 14] ‖
/// [PERIOD: period 4 ‖ maxCallsPerPeriod 4 ‖ [VALUE: maxValuePerPeriod 14]] ‖ [RULES: ruleCount 1 ‖ rules].
library EntryLimits {
    using Calldata for uint256;

    uint256 internal constant VALUE = 0x01;
    uint256 internal constant PERIOD = 0x02;
    uint256 internal constant RULES = 0x04;
    /// @dev Kind of token function, two bits: 1 transfer, 2 transferFrom, 3 approve or increaseAllowance.
    uint256 internal constant TOKEN = 0x18;
    uint256 internal constant TOKEN_SHIFT = 3;
    /// @dev Number of the first cell, three bits.
    uint256 internal constant CELL_SHIFT = 5;
    /// @dev Everything that asks for more than counting calls.
    uint256 internal constant LIMITS = 0x1f;

    uint256 internal constant ENTRY_SIZE = 29;
    uint256 internal constant VALUE_SIZE = 29;
    uint256 internal constant PERIOD_SIZE = 8;
    uint256 internal constant AMOUNT_SIZE = 14;
    /// @dev token 20 ‖ maxAmount 14 ‖ period 4 ‖ maxAmountPerPeriod 14.
    uint256 internal constant SPEND_SIZE = 52;

    /// @dev Flag of a rule's shape: a sum rather than ranges; then the low three bits are the number of its meter.
    uint256 internal constant SUM = 0x80;
    /// @dev Flag of a rule's shape: the word is a signed number.
    uint256 internal constant SIGNED = 0x40;
    uint256 internal constant RANGE_COUNT = 0x1f;

    /// @dev Bytes of the limits at `cursor`.
    function sizeOf(uint256 flags, uint256 cursor) internal pure returns (uint256) {
        unchecked {
            if (flags & (VALUE | PERIOD | RULES) == 0) return 0;
            uint256 start = cursor;
            if (flags & VALUE != 0) cursor += VALUE_SIZE;
            if (flags & PERIOD != 0) cursor += flags & VALUE != 0 ? PERIOD_SIZE + AMOUNT_SIZE : PERIOD_SIZE;
            if (flags & RULES != 0) {
                uint256 count = cursor.loadNumber(1);
                for (++cursor; count != 0; --count) {
                    cursor += 2 + sizeOfRule(flags, (cursor + 1).loadNumber(1));
                }
            }
            return cursor - start;
        }
    }

    /// @dev Bytes behind the shape of a rule: one amount or, with a period, two; or ranges of two words each.
    function sizeOfRule(uint256 flags, uint256 shape) internal pure returns (uint256) {
        unchecked {
            if (shape & SUM == 0) return 64 * (shape & RANGE_COUNT);
            return flags & PERIOD != 0 ? 2 * AMOUNT_SIZE : AMOUNT_SIZE;
        }
    }

    /// @dev Whether there is no limit but the number of calls and one rule of one range.
    /// @param cursor Position of ruleCount 1 ‖ rules.
    function isOneRange(uint256 flags, uint256 cursor) internal pure returns (bool) {
        return flags & LIMITS == RULES && cursor.loadNumber(1) == 1 && (cursor + 2).loadNumber(1) & ~SIGNED == 1;
    }

    /// @dev Whether an argument is in one of the ranges of a rule. Bounds of signed numbers are stored so that they compare
    /// as unsigned ones.
    /// @param cursor Position of ranges × (low 32 ‖ high 32).
    /// @return allowed Whether it is.
    /// @return next Position behind the ranges.
    function isInRanges(uint256 cursor, uint256 shape, uint256 word)
        internal
        pure
        returns (bool allowed, uint256 next)
    {
        assembly ("memory-safe") {
            next := add(cursor, shl(6, and(shape, RANGE_COUNT)))
            word := xor(word, shl(255, shr(6, and(shape, SIGNED))))
            for {} lt(cursor, next) { cursor := add(cursor, 64) } {
                let outside := or(lt(word, calldataload(cursor)), gt(word, calldataload(add(cursor, 32))))
                allowed := or(allowed, iszero(outside))
            }
        }
    }
}
