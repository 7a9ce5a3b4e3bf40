// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "../Base.sol";

/// @notice Reads the text of a rule and writes its compact form, from the description of both, without any of the
/// contracts' own code. Believes that rule and signature are right.
library RuleEncoder {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @param types Of the words of the arguments.
    /// @param meter For a sum.
    /// @return rule word 1 ‖ shape 1 ‖ ranges or amounts.
    function encode(string memory text, string[] memory types, bool hasPeriod, uint256 meter)
        internal
        pure
        returns (bytes memory rule, bool isSum)
    {
        string[] memory parts = vm.split(text, " ");
        bytes memory first = bytes(parts[0]);
        isSum = first[0] == "s";
        if (!isSum) {
            uint256 word = vm.parseUint(cut(parts[0], 3, 0));
            string memory type_ = types[word];
            (bytes memory ranges, uint256 count) = _ranges(parts, type_);
            return (abi.encodePacked(uint8(word), uint8(count | (_isSigned(type_) ? 0x40 : 0)), ranges), false);
        }
        uint112 max = uint112(vm.parseUint(parts[2]));
        rule = abi.encodePacked(uint8(vm.parseUint(cut(parts[0], 7, 1))), uint8(0x80 | meter), max);
        if (hasPeriod) rule = bytes.concat(rule, bytes14(parts.length > 3 ? uint112(vm.parseUint(parts[5])) : max));
    }

    function _ranges(string[] memory parts, string memory type_)
        private
        pure
        returns (bytes memory ranges, uint256 count)
    {
        (uint256 min, uint256 max) = _bounds(type_);
        bytes32 condition = keccak256(bytes(parts[1]));
        if (condition != keccak256("in")) {
            uint256 value = _value(parts[2], type_);
            if (condition == keccak256("==")) return (abi.encode(value, value), 1);
            if (condition == keccak256("<")) return (abi.encode(min, value - 1), 1);
            if (condition == keccak256("<=")) return (abi.encode(min, value), 1);
            if (condition == keccak256(">")) return (abi.encode(value + 1, max), 1);
            if (condition == keccak256(">=")) return (abi.encode(value, max), 1);
            if (value != min) (ranges, count) = (abi.encode(min, value - 1), 1);
            if (value != max) (ranges, count) = (bytes.concat(ranges, abi.encode(value + 1, max)), count + 1);
            return (ranges, count);
        }
        if (bytes(parts[2])[0] != "{") {
            string[] memory ends = vm.split(parts[2], "..");
            return (abi.encode(_value(ends[0], type_), _value(ends[1], type_)), 1);
        }
        for (uint256 i = 2; i < parts.length; ++i) {
            // Without the brace in front of the first, and the comma or brace behind each.
            uint256 value = _value(cut(parts[i], i == 2 ? 1 : 0, 1), type_);
            ranges = bytes.concat(ranges, abi.encode(value, value));
        }
        return (ranges, parts.length - 2);
    }

    /// @dev As it is compared: the highest bit of signed numbers is flipped.
    function _value(string memory text, string memory type_) private pure returns (uint256) {
        bytes1 initial = bytes(type_)[0];
        if (initial == "u") return vm.parseUint(text);
        if (initial == "i") return uint256(vm.parseInt(text)) ^ (1 << 255);
        if (initial == "a") return uint160(vm.parseAddress(text));
        if (keccak256(bytes(type_)) == keccak256("bool")) return keccak256(bytes(text)) == keccak256("true") ? 1 : 0;
        return uint256(bytes32(vm.parseBytes(text)));
    }

    function _bounds(string memory type_) private pure returns (uint256 min, uint256 max) {
        bytes1 initial = bytes(type_)[0];
        if (initial == "u") return (0, type(uint256).max >> (256 - vm.parseUint(cut(type_, 4, 0))));
        if (initial == "a") return (0, type(uint160).max);
        if (keccak256(bytes(type_)) == keccak256("bool")) return (0, 1);
        if (initial == "b") return (0, type(uint256).max);
        uint256 half = 1 << (vm.parseUint(cut(type_, 3, 0)) - 1);
        return ((1 << 255) - half, (1 << 255) - 1 + half);
    }

    function _isSigned(string memory type_) private pure returns (bool) {
        return bytes(type_)[0] == "i";
    }

    /// @dev Types of the words of a signature's arguments. Tuples are the words of their members, arrays of a fixed length
    /// those of their elements (which are no tuples here); every other array is one word.
    function typesOf(string memory signature) internal pure returns (string[] memory types) {
        bytes memory text = bytes(signature);
        types = new string[](32);
        uint256 count;
        uint256 start;
        for (uint256 i; i < text.length; ++i) {
            if (text[i] != "(" && text[i] != "," && text[i] != ")") continue;
            if (text[i] != "(" && i != start) {
                string[] memory parts = vm.split(cut(signature, start, text.length - i), "[");
                bool isFixed = parts.length == 2 && bytes(parts[1])[0] != "]";
                uint256 words = isFixed ? vm.parseUint(cut(parts[1], 0, 1)) : 1;
                for (uint256 end = count + words; count < end;) {
                    types[count++] = parts[0];
                }
            }
            start = i + 1;
        }
        assembly ("memory-safe") {
            mstore(types, count)
        }
    }

    /// @dev Without the first `front` and the last `back` characters.
    function cut(string memory text, uint256 front, uint256 back) internal pure returns (string memory) {
        bytes memory part = new bytes(bytes(text).length - front - back);
        for (uint256 i; i < part.length; ++i) {
            part[i] = bytes(text)[front + i];
        }
        return string(part);
    }
}
