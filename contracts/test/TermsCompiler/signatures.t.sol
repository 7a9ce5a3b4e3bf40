// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../../src/types/Terms.sol";
import {TermsCompilerTest} from "./TermsCompilerTest.sol";

contract SignaturesTest is TermsCompilerTest {
    /// @dev A parameter list as it is made up, and the types of its words; empty where a word has none.
    struct Parameters {
        string text;
        string[] words;
        bool isDynamic;
    }

    function _selectorOf(string memory signature) private view returns (bytes4) {
        return bytes4(slice(tableOf(termsOf(permissionOf(signature))), 22, 26));
    }

    function _assertInvalid(string memory signature) private {
        expectRefused(termsOf(permissionOf(signature)), abi.encodeWithSelector(INVALID_SIGNATURE, signature));
    }

    // ── Examples ──────────────────────────────────────────────────────────────

    /// Guarantee: what the wallet shows is what the selector is made from: only canonical signatures are taken.
    function test_Canonical() public view {
        string[13] memory signatures = [
            "move(uint8)",
            "f()",
            "_(bytes32[])",
            "$x9(uint256[3],(address,bool)[])",
            "A((int8),(function))",
            "mint(uint256,address)",
            "a((uint8,(uint8,uint8)),string)",
            "f(int256,uint8,bytes1,bytes,bool,string,address)",
            "f(function[2][],uint16[1][10][3])",
            "f(uint8[115792089237316195423570985008687907853269984665640564039457584007913129639935])",
            "uint256(uint256)",
            "Z_z$0(bytes31)",
            "f((string,uint8)[2],(uint8[])[])"
        ];
        for (uint256 i; i < signatures.length; ++i) {
            assertEq(_selectorOf(signatures[i]), bytes4(keccak256(bytes(signatures[i]))), signatures[i]);
        }
    }

    /// error: whatever Solidity would not hash.
    function test_NotCanonical() public {
        string[58] memory signatures = [
            "",
            "f",
            "()",
            "f(",
            "f)",
            "f()x",
            "f()()",
            "f(()",
            "f())",
            "f(())",
            "f((),uint8)",
            "9f()",
            "f (uint8)",
            " f(uint8)",
            "f(uint8 )",
            "f(uint8 direction)",
            "f(uint8, uint8)",
            "f(uint8,)",
            "f(,uint8)",
            "f(uint8,,uint8)",
            unicode"m\u043eve(uint8)",
            "f(Uint8)",
            "f-g()",
            "f(uint8);",
            "f(\x00)",
            "f()\x00",
            "\n()",
            "f)(",
            "f(uint)",
            "f(int)",
            "f(uint0)",
            "f(uint7)",
            "f(uint08)",
            "f(uint264)",
            "f(uint256256)",
            "f(int12)",
            "f(bytes0)",
            "f(bytes33)",
            "f(bytes01)",
            "f(byte)",
            "f(fixed128x18)",
            "f(addresspayable)",
            "f(address payable)",
            "f(uint8[0])",
            "f(uint8[01])",
            "f(uint8[-1])",
            "f(uint8[)",
            "f(uint8])",
            "f(uint8[]]",
            "f(uint8[1)",
            "f(uint8[115792089237316195423570985008687907853269984665640564039457584007913129639936])",
            "f([]uint8)",
            "f((uint8)",
            "f(uint8))",
            "f(tuple)",
            "f(tuple(uint8))",
            "f(enum)",
            "f(uint8)[]"
        ];
        for (uint256 i; i < signatures.length; ++i) {
            _assertInvalid(signatures[i]);
        }
    }

    /// error: signatures of more than 128 bytes.
    function test_Length() public {
        bytes memory signature = new bytes(128);
        for (uint256 i; i < 126; ++i) {
            signature[i] = "a";
        }
        (signature[126], signature[127]) = ("(", ")");
        assertEq(_selectorOf(string(signature)), bytes4(keccak256(signature)), "128");
        _assertInvalid(string(bytes.concat("a", signature)));
    }

    /// error: tuples in more than 31 tuples.
    function testFuzz_Nesting(uint8 depth, bool isDynamicBefore) public {
        depth %= 50;
        bytes memory open = new bytes(depth);
        bytes memory close = new bytes(depth);
        for (uint256 i; i < depth; ++i) {
            (open[i], close[i]) = ("(", ")");
        }
        string memory signature =
            string(bytes.concat("f(", isDynamicBefore ? bytes("string,") : bytes(""), open, "bool", close, ")"));
        if (depth > 31) return _assertInvalid(signature);
        assertEq(_selectorOf(signature), bytes4(keccak256(bytes(signature))), signature);
        _assertWord(signature, isDynamicBefore ? 1 : 0, "bool");
        // One parenthesis less or more.
        _assertInvalid(string(slice(bytes(signature), 0, bytes(signature).length - 1)));
        _assertInvalid(string.concat(signature, ")"));
    }

    /// behavior: of the words behind the 32nd nothing is known, whatever takes them, and those before it are what they are.
    function test_WordsBehindTheLast() public view {
        string[6] memory signatures = [
            "f(uint8[32],string)",
            "f(uint8[32],uint8[],bool)",
            "f(uint8[32],(bool,string)[2])",
            "f(uint8[30],(uint8,uint8,bool)[9])",
            "f(uint8[31],uint8[2],bool[])",
            "f((uint8,uint8,uint8)[11],address)"
        ];
        for (uint256 i; i < signatures.length; ++i) {
            assertEq(_selectorOf(signatures[i]), bytes4(keccak256(bytes(signatures[i]))), signatures[i]);
            for (uint256 word; word < 34; ++word) {
                _assertWord(signatures[i], word, "uint8");
            }
        }
        string memory endless =
            "f(uint8[32],bool[115792089237316195423570985008687907853269984665640564039457584007913129639935])";
        assertEq(_selectorOf(endless), bytes4(keccak256(bytes(endless))), "counted no further");
        _assertWord("f(uint8[31],bool[])", 31, "");
        _assertWord("f(uint8[31],uint8[2][])", 31, "");
        _assertWord("f(uint8[31],(bool,string))", 31, "");
    }

    // ── Made up ───────────────────────────────────────────────────────────────

    /// behavior: any canonical signature is taken, and each word of its head has the type that it should.
    function testFuzz_Words(uint256 seed) public view {
        Parameters memory parameters = _members(uint256(keccak256(abi.encode(seed))), 2);
        string memory signature = string.concat("f(", parameters.text, ")");
        if (bytes(signature).length > 128) return;
        assertEq(_selectorOf(signature), bytes4(keccak256(bytes(signature))), signature);
        for (uint256 i; i < 33; ++i) {
            _assertWord(signature, i, i < parameters.words.length ? parameters.words[i] : "");
        }
    }

    /// error: one character replaced, put in or taken out, and it is canonical no longer, or else is taken as it reads.
    function testFuzz_Mutations(uint256 seed, uint8 at, uint8 kind, bytes1 character) public view {
        bytes memory alphabet = "()[],0123456789uintbyesadrfo";
        if (kind & 0x80 != 0) character = alphabet[uint8(character) % alphabet.length];
        bytes memory text = bytes(_members(uint256(keccak256(abi.encode(seed))), 2).text);
        if (text.length > 120) return;
        text = bytes.concat("f(", _mutate(text, at, kind % 3, character), ")");
        bytes4 reason = reasonOf(termsOf(permissionOf(string(text))));
        assertTrue(reason == 0 || reason == INVALID_SIGNATURE, "reason");
        assertTrue((reason == 0) == _isCanonical(text), string(text));
    }

    /// @dev Asks with a rule that only one type of word takes in this way.
    function _assertWord(string memory signature, uint256 word, string memory type_) private view {
        string memory argument = string.concat("arg", vm.toString(word));
        bytes memory text = bytes(type_);
        if (word > 31) return assertInvalidRule(signature, string.concat(argument, " == true"));
        if (text.length == 0) {
            assertUnsupportedRule(signature, string.concat(argument, " == true"));
            return assertUnsupportedRule(signature, string.concat(argument, " in {0}"));
        }
        bytes memory rule;
        uint256 low;
        uint256 high;
        if (text[0] == "b" && text[1] == "o") {
            (rule, high) = (" == true", 1);
            low = 1;
        } else if (text[0] == "a") {
            (rule, low, high) = (" != 0x0000000000000000000000000000000000000000", 1, type(uint160).max);
        } else if (text[0] == "b") {
            rule = " == 0x";
            for (uint256 i; i < _digits(text, 5); ++i) {
                rule = bytes.concat(rule, "01");
                low = (low << 8) | 1;
            }
            low <<= 256 - 8 * _digits(text, 5);
            high = low;
        } else if (text[0] == "u") {
            (rule, high) = (" >= 0", type(uint256).max >> (256 - _digits(text, 4)));
        } else {
            (rule, low, high) = (" >= 0", 1 << 255, (1 << 255) + (type(uint256).max >> (257 - _digits(text, 3))));
        }
        bytes memory expected = abi.encodePacked(uint8(word), text[0] == "i" ? uint8(0x41) : uint8(1), low, high);
        assertEq(ruleOf(signature, string.concat(argument, string(rule))), expected, signature);
    }

    function _digits(bytes memory text, uint256 from) private pure returns (uint256 number) {
        for (uint256 i = from; i < text.length; ++i) {
            number = number * 10 + uint8(text[i]) - 48;
        }
    }

    /// @dev One to four types.
    function _members(uint256 seed, uint256 depth) private pure returns (Parameters memory all) {
        uint256 count = 1 + seed % 4;
        for (uint256 i; i < count; ++i) {
            Parameters memory one = _type(uint256(keccak256(abi.encode(seed, i))), depth);
            all.text = string.concat(all.text, i == 0 ? "" : ",", one.text);
            all.words = _joined(all.words, one.words);
            all.isDynamic = all.isDynamic || one.isDynamic;
        }
    }

    function _type(uint256 seed, uint256 depth) private pure returns (Parameters memory made) {
        uint256 kind = seed % (depth == 0 ? 7 : 10);
        seed >>= 8;
        if (kind == 9) {
            made = _members(seed, depth - 1);
            made.text = string.concat("(", made.text, ")");
            if (made.isDynamic) made.words = new string[](1);
            return made;
        }
        if (kind >= 7) {
            made = _type(seed >> 8, depth - 1);
            uint256 length = kind == 7 ? 0 : 1 + seed % 12;
            made.text = string.concat(made.text, "[", length == 0 ? "" : vm.toString(length), "]");
            string[] memory words = made.words;
            for (uint256 i = 1; i < length && !made.isDynamic; ++i) {
                made.words = _joined(made.words, words);
            }
            if (length == 0) (made.isDynamic, made.words) = (true, new string[](1));
            return made;
        }
        made.words = new string[](1);
        if (kind == 0) made.text = string.concat("uint", vm.toString(8 + 8 * (seed % 32)));
        if (kind == 1) made.text = string.concat("int", vm.toString(8 + 8 * (seed % 32)));
        if (kind == 2) made.text = "address";
        if (kind == 3) made.text = "bool";
        if (kind == 4) made.text = string.concat("bytes", vm.toString(1 + seed % 32));
        if (kind < 5) made.words[0] = made.text;
        if (kind == 5) (made.text, made.isDynamic) = (seed % 2 == 0 ? "string" : "bytes", true);
        if (kind == 6) made.text = "function";
    }

    function _joined(string[] memory a, string[] memory b) private pure returns (string[] memory all) {
        all = new string[](a.length + b.length);
        for (uint256 i; i < all.length; ++i) {
            all[i] = i < a.length ? a[i] : b[i - a.length];
        }
    }

    // ── Independent reading ───────────────────────────────────────────────────

    function _isCanonical(bytes memory text) private pure returns (bool) {
        (bool good, uint256 end) = _readTuple(text, 1);
        return good && end == text.length;
    }

    function _readTuple(bytes memory text, uint256 at) private pure returns (bool good, uint256 end) {
        if (_at(text, at) != "(") return (false, at);
        if (at == 1 && _at(text, 2) == ")") return (true, 3);
        do {
            (good, at) = _readType(text, at + 1);
            if (!good) return (false, at);
        } while (_at(text, at) == ",");
        return (_at(text, at) == ")", at + 1);
    }

    function _readType(bytes memory text, uint256 at) private pure returns (bool good, uint256 end) {
        if (_at(text, at) == "(") {
            (good, at) = _readTuple(text, at);
            if (!good) return (false, at);
        } else {
            uint256 start = at;
            while (_isWord(_at(text, at))) ++at;
            if (!_isElementary(slice(text, start, at))) return (false, at);
        }
        while (_at(text, at) == "[") {
            uint256 start = ++at;
            while (_at(text, at) >= "0" && _at(text, at) <= "9") ++at;
            if (_at(text, at) != "]" || (at > start && _at(text, start) == "0")) return (false, at);
            ++at;
        }
        return (true, at);
    }

    function _isElementary(bytes memory word) private pure returns (bool) {
        bytes32 hash = keccak256(word);
        if (hash == keccak256("address") || hash == keccak256("bool") || hash == keccak256("string")) return true;
        if (hash == keccak256("bytes") || hash == keccak256("function")) return true;
        for (uint256 i = 1; i <= 32; ++i) {
            if (hash == keccak256(bytes(string.concat("uint", vm.toString(8 * i))))) return true;
            if (hash == keccak256(bytes(string.concat("int", vm.toString(8 * i))))) return true;
            if (hash == keccak256(bytes(string.concat("bytes", vm.toString(i))))) return true;
        }
        return false;
    }

    function _at(bytes memory text, uint256 at) private pure returns (bytes1) {
        return at < text.length ? text[at] : bytes1(0);
    }

    function _isWord(bytes1 character) private pure returns (bool) {
        return (character >= "a" && character <= "z") || (character >= "0" && character <= "9");
    }
}
