// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FunctionSignature} from "./FunctionSignature.sol";
import {PermissionTable} from "./PermissionTable.sol";
import {Cursor, Text} from "./Text.sol";

/// @notice Conditions on arguments as a wallet shows them. In exactly this spelling, with n the index of a word in the
/// head of the arguments (0 to 31):
///   argn == v, argn != v, argn < v, argn <= v, argn > v, argn >= v
///   argn in a..b                                            both included
///   argn in {v, v, v}                                       1 to 16 values
///   sum(argn) <= max                                        over the session
///   sum(argn) <= max and <= m per period
/// Values: decimal numbers without leading zeros, for `int` types with `-` in front of negative ones; `true` and
/// `false`; addresses and `bytesN` as `0x` and as many hexadecimal digits as they have.
/// @dev All but sums come to ranges, and a word passes if it is in any of them. The bounds of its type are among those
/// of the ranges, so nothing but the canonical encoding of a value passes. Signed numbers are kept with the highest bit
/// flipped, so that they compare as unsigned ones do.
library RuleText {
    using PermissionTable for bytes;
    using Text for Cursor;

    /// @dev What an operator admits, compared with its value.
    uint256 private constant LESS = 1;
    uint256 private constant EQUAL = 2;
    uint256 private constant MORE = 4;
    /// @dev `in a..b`.
    uint256 private constant BETWEEN = 8;
    /// @dev `in {…}`.
    uint256 private constant ONE_OF = 16;

    // Classes of types that an operator is for, a bit each.
    uint256 private constant UINT = 1 << FunctionSignature.CLASS_UINT;
    uint256 private constant NUMBERS = UINT | (1 << FunctionSignature.CLASS_INT);
    uint256 private constant ADDRESS = 1 << FunctionSignature.CLASS_ADDRESS;
    uint256 private constant BOOL = 1 << FunctionSignature.CLASS_BOOL;
    uint256 private constant BYTES = 1 << FunctionSignature.CLASS_BYTES;

    /// @dev Appends the rule that `text` states to `table`.
    /// @param types Of the argument words; see FunctionSignature.
    /// @param hasPeriod Whether the permission has a period.
    /// @param meter Which the rule takes if it is a sum.
    /// @return isSupported Whether the word has a type, and the type this condition, by how the text starts. True as well
    /// if it does not even start with a word.
    /// @return isValid Whether the rule is in `table`, which is of no use any more if not.
    /// @return isSum Whether the meter was taken.
    function compile(string calldata text, uint256 types, bool hasPeriod, uint256 meter, bytes memory table)
        internal
        pure
        returns (bool isSupported, bool isValid, bool isSum)
    {
        Cursor memory cursor = Text.open(text);
        isSum = cursor.take(uint32(bytes4("sum(")));
        cursor.expect(uint24(bytes3("arg")));
        uint256 word = cursor.number();
        if (word >= FunctionSignature.MAX_WORDS) cursor.fail();
        if (cursor.end == 0) return (true, false, isSum);

        uint256 code = FunctionSignature.typeAt(types, word);
        uint256 operator;
        uint256 classes = UINT;
        if (isSum) cursor.expect(uint40(bytes5(") <= ")));
        else (operator, classes) = _readOperator(cursor);
        isSupported = (classes >> FunctionSignature.classOf(code)) & 1 == 1;
        if (!isSupported) return (false, false, isSum);
        table.put(word, 1);
        if (isSum) _putSum(cursor, hasPeriod, meter, table);
        else _putRanges(cursor, code, operator, table);
        isValid = cursor.hasArrived();
    }

    /// @return operator One of those above.
    /// @return classes Which it is for.
    function _readOperator(Cursor memory cursor) private pure returns (uint256 operator, uint256 classes) {
        cursor.expect(uint8(bytes1(" ")));
        if (cursor.take(uint32(bytes4("in {")))) return (ONE_OF, NUMBERS | ADDRESS | BYTES);
        if (cursor.take(uint24(bytes3("in ")))) return (BETWEEN, NUMBERS);
        if (cursor.take(uint24(bytes3("== ")))) return (EQUAL, NUMBERS | ADDRESS | BOOL | BYTES);
        if (cursor.take(uint24(bytes3("!= ")))) return (LESS | MORE, NUMBERS | ADDRESS | BOOL);
        if (cursor.take(uint24(bytes3("<= ")))) return (LESS | EQUAL, NUMBERS);
        if (cursor.take(uint24(bytes3(">= ")))) return (MORE | EQUAL, NUMBERS);
        if (cursor.take(uint16(bytes2("< ")))) return (LESS, NUMBERS);
        cursor.expect(uint16(bytes2("> ")));
        return (MORE, NUMBERS);
    }

    function _putSum(Cursor memory cursor, bool hasPeriod, uint256 meter, bytes memory table) private pure {
        uint256 max = cursor.number();
        uint256 perPeriod = max;
        if (cursor.take(uint64(bytes8(" and <= ")))) {
            perPeriod = cursor.number();
            cursor.expect(uint88(bytes11(" per period")));
            if (!hasPeriod) cursor.fail();
        }
        if (max > type(uint112).max || perPeriod == 0 || perPeriod > max) cursor.fail();
        table.put(PermissionTable.RULE_SUM | meter, 1);
        table.put(max, 14);
        if (hasPeriod) table.put(perPeriod, 14);
    }

    // ── Ranges ────────────────────────────────────────────────────────────────

    function _putRanges(Cursor memory cursor, uint256 code, uint256 operator, bytes memory table) private pure {
        uint256 start = table.length;
        table.put(0, 1);
        unchecked {
            uint256 value = _readValue(cursor, code);
            if (operator == ONE_OF) {
                _putRange(table, value, value);
                for (uint256 rest = PermissionTable.MAX_RANGES - 1; cursor.take(uint16(bytes2(", "))); --rest) {
                    if (rest == 0) {
                        cursor.fail();
                        break;
                    }
                    value = _readValue(cursor, code);
                    _putRange(table, value, value);
                }
                cursor.expect(uint8(bytes1("}")));
            } else if (operator == BETWEEN) {
                cursor.expect(uint16(bytes2("..")));
                _putRange(table, value, _readValue(cursor, code));
            } else {
                _putComparison(table, code, operator, value);
            }
            // How many there are is known only now. There is none if nothing could pass.
            uint256 count = (table.length - start) / 64;
            if (count == 0) cursor.fail();
            bool isSigned = FunctionSignature.classOf(code) == FunctionSignature.CLASS_INT;
            table.set(start, isSigned ? PermissionTable.RULE_SIGNED | count : count);
        }
    }

    function _putComparison(bytes memory table, uint256 code, uint256 operator, uint256 value) private pure {
        (uint256 min, uint256 max) = _bounds(code);
        unchecked {
            if (operator & EQUAL != 0) {
                _putRange(table, operator & LESS == 0 ? value : min, operator & MORE == 0 ? value : max);
            } else {
                if (operator & LESS != 0 && value > min) _putRange(table, min, value - 1);
                if (operator & MORE != 0 && value < max) _putRange(table, value + 1, max);
            }
        }
    }

    function _putRange(bytes memory table, uint256 low, uint256 high) private pure {
        if (low > high) return;
        table.put(low, 32);
        table.put(high, 32);
    }

    // ── Values ────────────────────────────────────────────────────────────────

    /// @dev Of the type's values, as they are compared. For `bytesN` there are none.
    function _bounds(uint256 code) private pure returns (uint256 min, uint256 max) {
        uint256 class = FunctionSignature.classOf(code);
        unchecked {
            max = type(uint256).max >> (256 - 8 * FunctionSignature.sizeOf(code));
            if (class == FunctionSignature.CLASS_BOOL) max = 1;
            if (class == FunctionSignature.CLASS_INT) {
                min = (1 << 255) - (max >> 1) - 1;
                max = (1 << 255) + (max >> 1);
            }
        }
    }

    /// @dev The next value, as it is compared.
    function _readValue(Cursor memory cursor, uint256 code) private pure returns (uint256 value) {
        uint256 class = FunctionSignature.classOf(code);
        uint256 size = FunctionSignature.sizeOf(code);
        unchecked {
            if (class == FunctionSignature.CLASS_ADDRESS) return cursor.hexadecimal(size);
            if (class == FunctionSignature.CLASS_BYTES) return cursor.hexadecimal(size) << (256 - 8 * size);
            if (class == FunctionSignature.CLASS_BOOL) {
                if (cursor.take(uint32(bytes4("true")))) return 1;
                cursor.expect(uint40(bytes5("false")));
                return 0;
            }
            (uint256 min, uint256 max) = _bounds(code);
            if (class == FunctionSignature.CLASS_UINT) {
                value = cursor.number();
            } else if (cursor.take(uint8(bytes1("-")))) {
                value = cursor.number();
                if (value == 0 || value > 1 << 255) cursor.fail();
                value = (1 << 255) - value;
            } else {
                value = cursor.number();
                if (value >= 1 << 255) cursor.fail();
                value += 1 << 255;
            }
            if (value < min || value > max) cursor.fail();
        }
    }
}
