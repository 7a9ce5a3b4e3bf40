// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Cursor, Text} from "./Text.sol";

/// @notice Function signatures as a wallet shows them, their selectors, and the types of their arguments.
/// @dev The selector is always derived from the string that the owner signed, so the two cannot disagree. The grammar
/// leaves no room for spaces, control characters, look-alikes from other scripts or types that do not exist.
///
/// The head of the arguments is a sequence of words. A static type takes its own: an elementary type one, a tuple those
/// of its members, `T[k]` k times those of `T`. A dynamic type takes one, an offset. The types of the first 32 words
/// fit one number, a byte each, the first word lowest: class << 5 | bytes of the type - 1, or 0 for no type that a rule
/// could be about (an offset, a `function`, or no word at all).
library FunctionSignature {
    using Text for Cursor;

    /// @notice The string is not `name(types)` in canonical form.
    error InvalidFunctionSignature(string signature);

    /// @dev What is read of the argument list so far.
    /// @param types Of the words in the head.
    /// @param count Words in the head; no more than 32 are counted.
    struct Head {
        uint256 types;
        uint256 count;
    }

    uint256 internal constant MAX_LENGTH = 128;
    /// @dev Words whose type is known.
    uint256 internal constant MAX_WORDS = 32;

    uint256 internal constant CLASS_UINT = 1;
    uint256 internal constant CLASS_INT = 2;
    uint256 internal constant CLASS_ADDRESS = 3;
    uint256 internal constant CLASS_BOOL = 4;
    uint256 internal constant CLASS_BYTES = 5;

    /// @dev `[A-Za-z0-9_$]`, one bit per ASCII code.
    uint256 private constant NAME_CHARACTERS = 0x7fffffe87fffffe03ff001000000000;
    /// @dev Bits of an open tuple: the word where it starts; whether a member is dynamic; not the argument list itself.
    uint256 private constant WORD = 63;
    uint256 private constant DYNAMIC = 64;
    uint256 private constant TUPLE = 128;

    /// @return selector First four bytes of the hash of `signature`, as a number.
    /// @return types Of the first words of the arguments; see above.
    function parse(string calldata signature) internal pure returns (uint256 selector, uint256 types) {
        Cursor memory cursor = Text.open(signature);
        if (bytes(signature).length > MAX_LENGTH) cursor.fail();
        _readName(cursor);
        types = _readParameters(cursor);
        require(cursor.hasArrived(), InvalidFunctionSignature(signature));
        selector = uint256(Text.hash(signature)) >> 224;
    }

    /// @dev Type of one word out of those of `parse`; 0 if it has none.
    function typeAt(uint256 types, uint256 word) internal pure returns (uint256 code) {
        unchecked {
            return (types >> (8 * word)) & 0xff;
        }
    }

    function classOf(uint256 code) internal pure returns (uint256) {
        return code >> 5;
    }

    /// @dev Bytes of the type.
    function sizeOf(uint256 code) internal pure returns (uint256) {
        unchecked {
            return (code & 31) + 1;
        }
    }

    /// @dev A name that does not start with a digit, and the parenthesis behind it.
    function _readName(Cursor memory cursor) private pure {
        if (cursor.isAtDigit() || cursor.peek() == 0x28) cursor.fail();
        while ((NAME_CHARACTERS >> cursor.peek()) & 1 == 1) {
            unchecked {
                ++cursor.at;
            }
        }
        cursor.expect(uint8(bytes1("(")));
    }

    /// @dev Types, separated by commas, and the parenthesis that closes them. Tuples are not read by recursion, so that
    /// nesting costs no stack: `open` has a byte for each that is open, the innermost lowest, the argument list highest.
    function _readParameters(Cursor memory cursor) private pure returns (uint256) {
        Head memory head;
        if (cursor.take(uint8(bytes1(")")))) return 0;
        uint256 open;
        unchecked {
            while (true) {
                if (cursor.take(uint8(bytes1("(")))) {
                    if (open >> 247 != 0) cursor.fail();
                    open = (open << 8) | TUPLE | head.count;
                    continue;
                }
                uint256 start = head.count;
                bool isDynamic = _readElementary(cursor, head);
                while (true) {
                    if (_readArrays(cursor, head, start, isDynamic)) open |= DYNAMIC;
                    if (cursor.take(uint8(bytes1(",")))) break;
                    cursor.expect(uint8(bytes1(")")));
                    if (open & TUPLE == 0 || cursor.end == 0) return head.types;
                    // The tuple is closed, and now a type as any other.
                    start = open & WORD;
                    isDynamic = open & DYNAMIC != 0;
                    if (isDynamic) _replaceByOffset(head, start);
                    open >>= 8;
                }
            }
        }
        return 0;
    }

    /// @return isDynamic Whether the type's word is an offset.
    function _readElementary(Cursor memory cursor, Head memory head) private pure returns (bool isDynamic) {
        uint256 class;
        uint256 size = 1;
        if (cursor.take(uint32(bytes4("uint")))) {
            class = CLASS_UINT;
        } else if (cursor.take(uint24(bytes3("int")))) {
            class = CLASS_INT;
        } else if (cursor.take(uint56(bytes7("address")))) {
            (class, size) = (CLASS_ADDRESS, 20);
        } else if (cursor.take(uint32(bytes4("bool")))) {
            class = CLASS_BOOL;
        } else if (cursor.take(uint40(bytes5("bytes")))) {
            isDynamic = !cursor.isAtDigit();
            if (!isDynamic) (class, size) = (CLASS_BYTES, cursor.number());
        } else if (cursor.take(uint48(bytes6("string")))) {
            isDynamic = true;
        } else {
            cursor.expect(uint64(bytes8("function")));
        }
        unchecked {
            if (class == CLASS_UINT || class == CLASS_INT) {
                size = cursor.number();
                if (size % 8 != 0) cursor.fail();
                size /= 8;
            }
            // A size of 0 is the highest number by this.
            --size;
            if (size >= 32) cursor.fail();
            if (head.count < MAX_WORDS) head.types |= ((class << 5) | size) << (8 * head.count++);
        }
    }

    /// @dev The suffixes `[k]` and `[]` of the type whose words start at `start`.
    function _readArrays(Cursor memory cursor, Head memory head, uint256 start, bool isDynamic)
        private
        pure
        returns (bool)
    {
        while (cursor.take(uint8(bytes1("[")))) {
            if (cursor.take(uint8(bytes1("]")))) {
                isDynamic = true;
                _replaceByOffset(head, start);
                continue;
            }
            uint256 length = cursor.number();
            cursor.expect(uint8(bytes1("]")));
            if (length == 0) cursor.fail();
            else if (!isDynamic) _repeat(head, start, length);
        }
        return isDynamic;
    }

    /// @dev Makes one word without a type of those from `start`.
    function _replaceByOffset(Head memory head, uint256 start) private pure {
        unchecked {
            if (start == MAX_WORDS) return;
            head.types &= (1 << (8 * start)) - 1;
            head.count = start + 1;
        }
    }

    /// @dev Puts the words from `start` there `times` times.
    function _repeat(Head memory head, uint256 start, uint256 times) private pure {
        unchecked {
            uint256 words = head.types >> (8 * start);
            uint256 size = head.count - start;
            for (; times > 1 && head.count < MAX_WORDS; --times) {
                head.types |= words << (8 * head.count);
                head.count += size;
            }
            if (head.count > MAX_WORDS) head.count = MAX_WORDS;
        }
    }
}
