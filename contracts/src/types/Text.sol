// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Position in a text that is being read.
/// @param at Of the next character, in calldata.
/// @param end Behind the last character, in calldata; 0 once anything was wrong.
struct Cursor {
    uint256 at;
    uint256 end;
}

/// @notice Reads texts from left to right, character by character.
/// @dev Whatever does not fit makes the cursor fail, and a failed cursor finds nothing any more and never arrives. So
/// a caller may ask at the very end, once, whether all was well.
library Text {
    function open(string calldata text) internal pure returns (Cursor memory cursor) {
        assembly ("memory-safe") {
            mstore(cursor, text.offset)
            mstore(add(cursor, 32), add(text.offset, text.length))
        }
    }

    function hash(string calldata text) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let copy := mload(0x40)
            calldatacopy(copy, text.offset, text.length)
            result := keccak256(copy, text.length)
        }
    }

    /// @dev Whether everything was read, and everything fitted.
    function hasArrived(Cursor memory cursor) internal pure returns (bool) {
        return cursor.at == cursor.end;
    }

    function fail(Cursor memory cursor) internal pure {
        cursor.end = 0;
    }

    /// @dev The next character, which stays where it is; 0 if there is none.
    function peek(Cursor memory cursor) internal pure returns (uint256 character) {
        uint256 at = cursor.at;
        if (at < cursor.end) {
            assembly ("memory-safe") {
                character := byte(0, calldataload(at))
            }
        }
    }

    /// @dev Reads `expected` if it comes next, else nothing. Its first characters are read by recursion: from a loop, the
    /// optimizer would make a function of its own for each text.
    /// @param expected Characters as a number, the last one lowest; none of them zero.
    function take(Cursor memory cursor, uint256 expected) internal pure returns (bool) {
        if (expected == 0) return true;
        uint256 start = cursor.at;
        if (!take(cursor, expected >> 8)) return false;
        bool isNext = peek(cursor) == expected & 0xff;
        unchecked {
            cursor.at = isNext ? cursor.at + 1 : start;
        }
        return isNext;
    }

    /// @dev Reads `expected`, which must come next.
    function expect(Cursor memory cursor, uint256 expected) internal pure {
        if (!take(cursor, expected)) fail(cursor);
    }

    /// @dev Whether the next character is a decimal digit.
    function isAtDigit(Cursor memory cursor) internal pure returns (bool) {
        uint256 character = peek(cursor);
        return character >= 0x30 && character <= 0x39;
    }

    /// @dev Reads a decimal number of at least one digit. What comes behind a leading zero is not read any more: no
    /// text goes on with a digit there.
    function number(Cursor memory cursor) internal pure returns (uint256 value) {
        if (!isAtDigit(cursor)) fail(cursor);
        if (take(cursor, 0x30)) return 0;
        unchecked {
            while (true) {
                uint256 digit = peek(cursor) - 0x30;
                if (digit > 9) return value;
                if (value > (type(uint256).max - digit) / 10) break;
                value = value * 10 + digit;
                ++cursor.at;
            }
        }
        fail(cursor);
        return 0;
    }

    /// @dev Reads `0x` and exactly `count` pairs of hexadecimal digits, in whatever case.
    function hexadecimal(Cursor memory cursor, uint256 count) internal pure returns (uint256 value) {
        expect(cursor, uint16(bytes2("0x")));
        unchecked {
            for (; count != 0; --count) {
                value = (value << 8) | (_hexDigit(cursor) << 4);
                value |= _hexDigit(cursor);
            }
        }
    }

    function _hexDigit(Cursor memory cursor) private pure returns (uint256 digit) {
        unchecked {
            uint256 character = peek(cursor);
            digit = character - 0x30;
            if (digit > 9) {
                // In lower case; nothing but a letter comes to a letter by this.
                digit = (character | 0x20) - 0x57;
                if (digit < 10 || digit > 15) fail(cursor);
            }
            ++cursor.at;
        }
    }
}
