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

    /// @dev A type's numbers as they are compared.
    struct Domain {
        uint256 class;
        uint256 size;
        uint256 zero;
        uint256 min;
        uint256 max;
    }

    /// @dev Appends the rule that `text` states to `table`.
    /// @param types Of the argument words; see FunctionSignature.
    /// @param hasPeriod Whether the permission has a period.
    /// @param meter Which the rule takes if it is a sum.
    /// @return isSupported Whether the word has a type, and the type this condition; if not, the rest is of no use.
    /// @return isValid If not, `table` is of no use any more.
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
        Domain memory domain = _domainOf(types, word);
        table.put(word, 1);
        if (isSum) isSupported = _readSum(cursor, domain, hasPeriod, meter, table);
        else isSupported = _readCondition(cursor, domain, table);
        isValid = cursor.hasArrived();
    }

    // ── Sums ──────────────────────────────────────────────────────────────────

    function _readSum(Cursor memory cursor, Domain memory domain, bool hasPeriod, uint256 meter, bytes memory table)
        private
        pure
        returns (bool supported)
    {
        cursor.expect(uint40(bytes5(") <= ")));
        uint256 max = cursor.number();
        if (max == 0 || max > type(uint112).max) cursor.fail();
        uint256 perPeriod = max;
        if (cursor.take(uint64(bytes8(" and <= ")))) {
            perPeriod = cursor.number();
            if (!hasPeriod || perPeriod == 0 || perPeriod > max) cursor.fail();
            cursor.expect(uint88(bytes11(" per period")));
        }
        table.put(PermissionTable.RULE_SUM | meter, 1);
        table.put(max, 14);
        if (hasPeriod) table.put(perPeriod, 14);
        return domain.class == FunctionSignature.CLASS_UINT;
    }

    // ── Ranges ────────────────────────────────────────────────────────────────

    function _readCondition(Cursor memory cursor, Domain memory domain, bytes memory table)
        private
        pure
        returns (bool supported)
    {
        uint256 class = domain.class;
        bool isOrdered = class == FunctionSignature.CLASS_UINT || class == FunctionSignature.CLASS_INT;
        uint256 start = table.length;
        table.put(class == FunctionSignature.CLASS_INT ? PermissionTable.RULE_SIGNED : 0, 1);
        if (cursor.take(uint40(bytes5(" in {")))) {
            supported = class != 0 && class != FunctionSignature.CLASS_BOOL;
            if (supported) _readList(cursor, domain, table);
        } else if (cursor.take(uint32(bytes4(" == ")))) {
            supported = class != 0;
            uint256 value = _readValue(cursor, domain);
            _putRange(table, value, value);
        } else if (cursor.take(uint32(bytes4(" != ")))) {
            supported = class != 0 && class != FunctionSignature.CLASS_BYTES;
            uint256 value = _readValue(cursor, domain);
            if (value > domain.min) _putRange(table, domain.min, value - 1);
            if (value < domain.max) _putRange(table, value + 1, domain.max);
        } else {
            supported = isOrdered;
            (uint256 low, uint256 high) = _readBounds(cursor, domain);
            if (low > high) cursor.fail();
            _putRange(table, low, high);
        }
        // How many ranges there are is known only now.
        table[start] |= bytes1(uint8((table.length - start) / 64));
    }

    function _putRange(bytes memory table, uint256 low, uint256 high) private pure {
        table.put(low, 32);
        table.put(high, 32);
    }

    function _readList(Cursor memory cursor, Domain memory domain, bytes memory table) private pure {
        uint256 count;
        do {
            if (++count > PermissionTable.MAX_RANGES) cursor.fail();
            uint256 value = _readValue(cursor, domain);
            _putRange(table, value, value);
        } while (cursor.take(uint16(bytes2(", "))));
        cursor.expect(uint8(bytes1("}")));
    }

    /// @dev Of the conditions that need an order. The lower bound is above the upper one if nothing could fulfil it.
    function _readBounds(Cursor memory cursor, Domain memory domain) private pure returns (uint256 low, uint256 high) {
        (low, high) = (domain.min, domain.max);
        if (cursor.take(uint32(bytes4(" <= ")))) {
            high = _readValue(cursor, domain);
        } else if (cursor.take(uint32(bytes4(" >= ")))) {
            low = _readValue(cursor, domain);
        } else if (cursor.take(uint24(bytes3(" < ")))) {
            high = _readValue(cursor, domain);
            if (high == low) cursor.fail();
            else --high;
        } else if (cursor.take(uint24(bytes3(" > ")))) {
            low = _readValue(cursor, domain);
            if (low == high) cursor.fail();
            else ++low;
        } else {
            cursor.expect(uint32(bytes4(" in ")));
            low = _readValue(cursor, domain);
            cursor.expect(uint16(bytes2("..")));
            high = _readValue(cursor, domain);
        }
    }

    // ── Values ────────────────────────────────────────────────────────────────

    function _domainOf(uint256 types, uint256 word) private pure returns (Domain memory domain) {
        (domain.class, domain.size) = FunctionSignature.typeAt(types, word);
        unchecked {
            if (domain.class == FunctionSignature.CLASS_INT) {
                domain.zero = 1 << 255;
                uint256 half = 1 << (8 * domain.size - 1);
                domain.min = domain.zero - half;
                domain.max = domain.zero + half - 1;
            } else if (domain.class == FunctionSignature.CLASS_BOOL) {
                domain.max = 1;
            } else {
                domain.max = type(uint256).max >> (256 - 8 * domain.size);
            }
        }
    }

    /// @dev The next value, as it is compared. A failed cursor gives the type's zero.
    function _readValue(Cursor memory cursor, Domain memory domain) private pure returns (uint256 value) {
        uint256 class = domain.class;
        if (class == FunctionSignature.CLASS_ADDRESS || class == FunctionSignature.CLASS_BYTES) {
            value = cursor.hexadecimal(domain.size);
            return class == FunctionSignature.CLASS_BYTES ? value << (256 - 8 * domain.size) : value;
        }
        if (class == FunctionSignature.CLASS_BOOL) {
            if (cursor.take(uint32(bytes4("true")))) return 1;
            cursor.expect(uint40(bytes5("false")));
            return 0;
        }
        bool isNegative = class == FunctionSignature.CLASS_INT && cursor.take(uint8(bytes1("-")));
        uint256 magnitude = cursor.number();
        uint256 zero = domain.zero;
        if (magnitude > (isNegative ? zero - domain.min : domain.max - zero) || (isNegative && magnitude == 0)) {
            cursor.fail();
            return zero;
        }
        return isNegative ? zero - magnitude : zero + magnitude;
    }
}
