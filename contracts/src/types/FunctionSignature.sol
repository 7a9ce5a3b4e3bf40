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

    /// @dev `[A-Za-z_$]`, one bit per ASCII code.
    uint256 private constant NAME_CHARACTERS = 0x7fffffe87fffffe0000001000000000;
    /// @dev Flag of an open tuple: a member is dynamic. Below it: the word where the tuple starts.
    uint256 private constant DYNAMIC = 64;

    /// @return selector First four bytes of the hash of `signature`.
    /// @return types Of the first words of the arguments; see above.
    function parse(string calldata signature) internal pure returns (bytes4 selector, uint256 types) {
        Cursor memory cursor = Text.open(signature);
        if (bytes(signature).length > MAX_LENGTH) cursor.fail();
        _readName(cursor);
        types = _readParameters(cursor);
        require(cursor.hasArrived(), InvalidFunctionSignature(signature));
        selector = bytes4(keccak256(bytes(signature)));
    }

    /// @dev Type of one word out of those of `parse`.
    function typeAt(uint256 types, uint256 word) internal pure returns (uint256 class, uint256 size) {
        uint256 code = (types >> (8 * word)) & 0xff;
        return (code >> 5, (code & 31) + 1);
    }

    /// @dev A name that does not start with a digit, and the parenthesis behind it.
    function _readName(Cursor memory cursor) private pure {
        if (cursor.isAtDigit() || cursor.peek() == 0x28) cursor.fail();
        while (cursor.isAtDigit() || (NAME_CHARACTERS >> cursor.peek()) & 1 == 1) ++cursor.at;
        cursor.expect("(");
    }

    /// @dev Types, separated by commas, and the parenthesis that closes them. Tuples are not read by recursion, so
    /// nesting costs no stack; `open` keeps where each tuple that is open starts, the argument list itself first.
    function _readParameters(Cursor memory cursor) private pure returns (uint256) {
        Head memory head;
        if (cursor.take(")")) return 0;
        uint256[] memory open = new uint256[](MAX_LENGTH);
        uint256 depth;
        while (true) {
            if (cursor.take("(")) {
                open[++depth] = head.count;
                continue;
            }
            uint256 start = head.count;
            bool dynamic = _readElementary(cursor, head);
            while (true) {
                dynamic = _readArrays(cursor, head, start, dynamic);
                if (dynamic) open[depth] |= DYNAMIC;
                if (cursor.take(",")) break;
                cursor.expect(")");
                if (depth == 0 || cursor.end == 0) return head.types;
                // The tuple is closed, and now a type as any other.
                start = open[depth] % DYNAMIC;
                dynamic = open[depth] >= DYNAMIC;
                if (dynamic) _replaceByOffset(head, start);
                --depth;
            }
        }
        return 0;
    }

    /// @return dynamic Whether the type's word is an offset.
    function _readElementary(Cursor memory cursor, Head memory head) private pure returns (bool dynamic) {
        uint256 code;
        if (cursor.take("uint")) {
            code = _readBits(cursor, CLASS_UINT);
        } else if (cursor.take("int")) {
            code = _readBits(cursor, CLASS_INT);
        } else if (cursor.take("address")) {
            code = _encode(CLASS_ADDRESS, 20);
        } else if (cursor.take("bool")) {
            code = _encode(CLASS_BOOL, 1);
        } else if (cursor.take("bytes")) {
            if (cursor.isAtDigit()) code = _checked(cursor, CLASS_BYTES, cursor.number());
            else dynamic = true;
        } else if (cursor.take("string")) {
            dynamic = true;
        } else {
            cursor.expect("function");
        }
        if (head.count < MAX_WORDS) head.types |= code << (8 * head.count++);
    }

    function _readBits(Cursor memory cursor, uint256 class) private pure returns (uint256) {
        uint256 bits = cursor.number();
        if (bits % 8 != 0) cursor.fail();
        return _checked(cursor, class, bits / 8);
    }

    function _checked(Cursor memory cursor, uint256 class, uint256 size) private pure returns (uint256 code) {
        if (size == 0 || size > 32) cursor.fail();
        else code = _encode(class, size);
    }

    function _encode(uint256 class, uint256 size) private pure returns (uint256) {
        return (class << 5) | (size - 1);
    }

    /// @dev The suffixes `[k]` and `[]` of the type whose words start at `start`.
    function _readArrays(Cursor memory cursor, Head memory head, uint256 start, bool dynamic)
        private
        pure
        returns (bool)
    {
        while (cursor.take("[")) {
            if (cursor.take("]")) {
                dynamic = true;
                _replaceByOffset(head, start);
                continue;
            }
            uint256 length = cursor.number();
            cursor.expect("]");
            if (length == 0) cursor.fail();
            else if (!dynamic) _repeat(head, start, length);
        }
        return dynamic;
    }

    /// @dev Makes one word without a type of those from `start`.
    function _replaceByOffset(Head memory head, uint256 start) private pure {
        if (start == MAX_WORDS) return;
        head.types &= (1 << (8 * start)) - 1;
        head.count = start + 1;
    }

    /// @dev Puts the words from `start` there `times` times.
    function _repeat(Head memory head, uint256 start, uint256 times) private pure {
        uint256 words = head.types >> (8 * start);
        uint256 size = head.count - start;
        for (; times > 1 && head.count < MAX_WORDS; --times) {
            head.types |= words << (8 * head.count);
            head.count += size;
            if (head.count > MAX_WORDS) head.count = MAX_WORDS;
        }
    }
}
