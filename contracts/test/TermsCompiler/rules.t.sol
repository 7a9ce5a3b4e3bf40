// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Terms} from "../../src/types/Terms.sol";
import {TermsCompilerTest} from "./TermsCompilerTest.sol";

contract RulesTest is TermsCompilerTest {
    uint256 private constant TOP = 1 << 255;
    string[6] private operators = [" == ", " != ", " < ", " <= ", " > ", " >= "];

    function _assertRange(
        string memory signature,
        string memory rule,
        uint8 word,
        bool signed,
        uint256 low,
        uint256 high
    ) private view {
        bytes memory expected = abi.encodePacked(word, signed ? uint8(0x41) : uint8(1), low, high);
        assertEq(ruleOf(signature, rule), expected, rule);
    }

    // ── What rules come to ────────────────────────────────────────────────────

    /// behavior: each condition on whole numbers comes to its range, within the type's.
    function test_Unsigned() public view {
        _assertRange("f(uint8)", "arg0 == 3", 0, false, 3, 3);
        _assertRange("f(uint8)", "arg0 < 3", 0, false, 0, 2);
        _assertRange("f(uint8)", "arg0 <= 3", 0, false, 0, 3);
        _assertRange("f(uint8)", "arg0 > 3", 0, false, 4, 255);
        _assertRange("f(uint8)", "arg0 >= 3", 0, false, 3, 255);
        _assertRange("f(uint8)", "arg0 in 3..7", 0, false, 3, 7);
        _assertRange("f(uint8)", "arg0 in {9}", 0, false, 9, 9);
        _assertRange("f(uint8)", "arg0 != 0", 0, false, 1, 255);
        _assertRange("f(uint8)", "arg0 != 255", 0, false, 0, 254);
    }

    /// behavior: the same for signed ones, whose highest bit is flipped.
    function test_Signed() public view {
        _assertRange("f(bool,int8)", "arg1 == -3", 1, true, TOP - 3, TOP - 3);
        _assertRange("f(bool,int8)", "arg1 < -3", 1, true, TOP - 128, TOP - 4);
        _assertRange("f(bool,int8)", "arg1 <= 3", 1, true, TOP - 128, TOP + 3);
        _assertRange("f(bool,int8)", "arg1 > -3", 1, true, TOP - 2, TOP + 127);
        _assertRange("f(bool,int8)", "arg1 >= 0", 1, true, TOP, TOP + 127);
        _assertRange("f(bool,int8)", "arg1 in -1..1", 1, true, TOP - 1, TOP + 1);
        _assertRange("f(bool,int8)", "arg1 in {-128}", 1, true, TOP - 128, TOP - 128);
        _assertRange("f(int256)", "arg0 < 0", 0, true, 0, TOP - 1);
        _assertRange("f(int256)", "arg0 >= 0", 0, true, TOP, type(uint256).max);
        _assertRange(
            "f(int256)",
            "arg0 == -57896044618658097711785492504343953926634992332820282019728792003956564819968",
            0,
            true,
            0,
            0
        );
    }

    /// Guarantee: nothing comes round at the ends of the largest types: no range begins behind the last number, or ends in
    /// front of the first.
    function test_EndsOfTheLargestTypes() public view {
        uint256 max = type(uint256).max;
        for (uint256 i; i < 2; ++i) {
            (bool signed, string memory signature) = (i == 1, i == 1 ? "f(int256)" : "f(uint256)");
            (string memory first, string memory last) = (_number(0, signed), _number(max, signed));
            assertInvalidRule(signature, string.concat("arg0 < ", first));
            assertInvalidRule(signature, string.concat("arg0 > ", last));
            _assertRange(signature, string.concat("arg0 != ", first), 0, signed, 1, max);
            _assertRange(signature, string.concat("arg0 != ", last), 0, signed, 0, max - 1);
            _assertRange(signature, string.concat("arg0 <= ", last), 0, signed, 0, max);
        }
    }

    /// behavior: what is not a number: addresses, truth values, bytes from the left.
    function test_OtherTypes() public view {
        uint256 a = uint160(0x00112233445566778899AABbCCdDeeFf00112233);
        _assertRange("f(address)", "arg0 == 0x00112233445566778899AABBccddeeff00112233", 0, false, a, a);
        _assertRange(
            "f(address)",
            "arg0 != 0xffffffffffffffffffffffffffffffffffffffff",
            0,
            false,
            0,
            uint256(type(uint160).max) - 1
        );
        _assertRange("f(bool)", "arg0 == true", 0, false, 1, 1);
        _assertRange("f(bool)", "arg0 == false", 0, false, 0, 0);
        _assertRange("f(bool)", "arg0 != true", 0, false, 0, 0);
        _assertRange("f(bool)", "arg0 != false", 0, false, 1, 1);
        _assertRange("f(bytes2)", "arg0 == 0xaBcD", 0, false, 0xabcd << 240, 0xabcd << 240);
        _assertRange("f(bytes1)", "arg0 in {0x00}", 0, false, 0, 0);
        uint256 h = uint256(keccak256("h"));
        _assertRange("f(bytes32)", string.concat("arg0 == ", _hex(h, 32)), 0, false, h, h);
    }

    /// behavior: several ranges, in the order written.
    function test_SeveralRanges() public view {
        assertEq(
            ruleOf("f(uint8)", "arg0 != 7"),
            abi.encodePacked(uint8(0), uint8(2), uint256(0), uint256(6), uint256(8), uint256(255)),
            "not equal"
        );
        assertEq(
            ruleOf("f(int8)", "arg0 in {1, -2}"),
            abi.encodePacked(uint8(0), uint8(0x42), TOP + 1, TOP + 1, TOP - 2, TOP - 2),
            "one of"
        );
    }

    /// behavior: sums take a meter, and with a period a limit in it, which is the whole one if none is named.
    function test_Sums() public view {
        assertEq(ruleOf("f(uint8)", "sum(arg0) <= 1000"), abi.encodePacked(uint8(0), uint8(0x80), uint112(1000)), "sum");
        Terms memory terms = termsWithRule("f(uint8,uint256)", "sum(arg1) <= 10 and <= 3 per period");
        (terms.permissions[0].period, terms.permissions[0].maxCallsPerPeriod) = (60, 1);
        bytes memory table = tableOf(terms);
        assertEq(
            slice(table, 39, table.length),
            abi.encodePacked(uint8(1), uint8(0x80), uint112(10), uint112(3)),
            "sum per period"
        );
        terms.permissions[0].rules[0] = "sum(arg1) <= 5192296858534827628530496329220095";
        table = tableOf(terms);
        assertEq(
            slice(table, 39, table.length),
            abi.encodePacked(uint8(1), uint8(0x80), type(uint112).max, type(uint112).max),
            "same per period"
        );
    }

    /// behavior: any comparison of any number of any type lets pass exactly what it says.
    function testFuzz_Comparisons(uint8 bits, bool signed, uint8 operator, uint256 number, uint256 other) public view {
        bits = uint8(bound(bits, 1, 32));
        uint256 half = 1 << (8 * uint256(bits) - 1);
        uint256 low = signed ? TOP - half : 0;
        uint256 high;
        unchecked {
            high = signed ? TOP + half - 1 : 2 * half - 1;
        }
        number = bound(number, low, high);
        other = bound(other, low, high);
        operator %= 6;
        string memory signature =
            string.concat("f(", signed ? "int" : "uint", vm.toString(uint256(bits) * 8), ",string)");
        string memory rule = string.concat("arg0", operators[operator], _number(number, signed));
        bool isNever = (operator == 2 && number == low) || (operator == 4 && number == high);
        if (isNever) return assertInvalidRule(signature, rule);
        bytes memory compiled = ruleOf(signature, rule);
        assertEq(uint8(compiled[1]) & 0xe0, signed ? 0x40 : 0, "shape");
        assertEq(_passes(compiled, other), _holds(operator, other, number), rule);
        assertEq(_passes(compiled, number), _holds(operator, number, number), rule);
        if (low != 0) assertEq(_passes(compiled, low - 1), false, "below the type");
        if (high != type(uint256).max) assertEq(_passes(compiled, high + 1), false, "above the type");
    }

    /// behavior: an interval, or nothing if it is empty.
    function testFuzz_Intervals(uint64 low, uint64 high, uint64 other) public view {
        string memory rule = string.concat("arg0 in ", vm.toString(low), "..", vm.toString(high));
        if (low > high) return assertInvalidRule("f(uint64)", rule);
        assertEq(_passes(ruleOf("f(uint64)", rule), other), other >= low && other <= high, rule);
        _assertRange("f(uint64)", rule, 0, false, low, high);
    }

    /// behavior: the word is where the text says.
    function testFuzz_Words(uint8 word, uint8 count) public view {
        word %= 40;
        count = uint8(bound(count, 1, 40));
        string memory signature = string.concat("f(uint8[", vm.toString(count), "])");
        string memory rule = string.concat("arg", vm.toString(word), " == 1");
        if (word > 31) assertInvalidRule(signature, rule);
        else if (word >= count) assertUnsupportedRule(signature, rule);
        else _assertRange(signature, rule, word, false, 1, 1);
    }

    /// behavior: up to 16 values.
    function testFuzz_Lists(uint256 seed, uint8 count) public view {
        count %= 20;
        string memory list = "";
        bytes memory ranges;
        for (uint256 i; i < count; ++i) {
            uint256 value = uint256(keccak256(abi.encode(seed, i))) >> (seed % 256);
            list = string.concat(list, i == 0 ? "" : ", ", vm.toString(value));
            ranges = abi.encodePacked(ranges, value, value);
        }
        string memory rule = string.concat("arg0 in {", list, "}");
        if (count == 0 || count > 16) assertInvalidRule("f(uint256)", rule);
        else assertEq(ruleOf("f(uint256)", rule), bytes.concat(hex"00", bytes1(count), ranges), rule);
    }

    // ── What is no rule ───────────────────────────────────────────────────────

    /// error: conditions that the type does not have, and words without a type.
    function test_Unsupported() public view {
        string[5] memory ordered = ["arg0 < 0", "arg0 <= 0", "arg0 > 0", "arg0 >= 0", "arg0 in 0..1"];
        string[5] memory unordered = ["f(address)", "f(bool)", "f(bytes4)", "f(function)", "f(uint8[])"];
        for (uint256 i; i < 5; ++i) {
            for (uint256 j; j < 5; ++j) {
                assertUnsupportedRule(unordered[i], ordered[j]);
            }
        }
        assertUnsupportedRule("f(bool)", "arg0 in {true}");
        assertUnsupportedRule("f(bytes4)", "arg0 != 0x00000000");
        assertUnsupportedRule("f(int8)", "sum(arg0) <= 1");
        assertUnsupportedRule("f(address)", "sum(arg0) <= 1");
        assertUnsupportedRule("f(string)", "arg0 == 3");
        assertUnsupportedRule("f(string)", "arg0 in {3}");
        assertUnsupportedRule("f(string)", "sum(arg0) <= 3");
        assertUnsupportedRule("f((uint8,bytes),uint8)", "arg0 == 3");
        assertUnsupportedRule("f(uint8)", "arg1 == 3");
        assertUnsupportedRule("f()", "arg0 == 3");
    }

    /// error: near misses.
    function test_Invalid() public view {
        string[33] memory rules = [
            "",
            "arg",
            "arg0",
            "arg0 ",
            "arg0 ==",
            "arg0 == ",
            "arg0 = 3",
            "arg0==3",
            "arg0  == 3",
            " arg0 == 3",
            "arg0 == 3 ",
            "arg0 == 03",
            "arg0 == +3",
            "arg0 == -3",
            "arg0 == 0x3",
            "arg0 == 256",
            "arg00 == 3",
            "arg32 == 3",
            "Arg0 == 3",
            "arg0 in 3",
            "arg0 in 3.7",
            "arg0 in 3...7",
            "arg0 in 7..3",
            "arg0 in 3..256",
            "arg0 in {}",
            "arg0 in {3,4}",
            "arg0 in {3, }",
            "arg0 in {3, 4",
            "arg0 < 0",
            "arg0 > 255",
            "arg0 == 115792089237316195423570985008687907853269984665640564039457584007913129639936",
            "arg0 == 3\x00",
            unicode"arg0 ≤ 3"
        ];
        for (uint256 i; i < rules.length; ++i) {
            assertInvalidRule("f(uint8)", rules[i]);
        }
        assertInvalidRule("f(int8)", "arg0 == -0");
        assertInvalidRule("f(int8)", "arg0 == 128");
        assertInvalidRule("f(int8)", "arg0 == -129");
        assertInvalidRule("f(int8)", "arg0 < -128");
        assertInvalidRule("f(int8)", "arg0 > 127");
        assertInvalidRule(
            "f(int256)", "arg0 == -57896044618658097711785492504343953926634992332820282019728792003956564819969"
        );
        assertInvalidRule(
            "f(int256)", "arg0 == 57896044618658097711785492504343953926634992332820282019728792003956564819968"
        );
        assertInvalidRule("f(bool)", "arg0 == 1");
        assertInvalidRule("f(bool)", "arg0 == True");
        assertInvalidRule("f(bytes2)", "arg0 == 0xabc");
        assertInvalidRule("f(bytes2)", "arg0 == 0xabcde");
        assertInvalidRule("f(bytes2)", "arg0 == 0Xabcd");
        assertInvalidRule("f(bytes2)", "arg0 == 0xabcg");
        assertInvalidRule("f(bytes2)", "arg0 == 0xab@d");
        assertInvalidRule("f(address)", "arg0 == 0x0011223344556677889900112233445566778899aa");
    }

    /// error: sums of nothing, of too much, or per a period that there is not.
    function test_InvalidSums() public view {
        string[10] memory rules = [
            "sum(arg0) <= 0",
            "sum(arg0) <= 5192296858534827628530496329220096",
            "sum(arg0) < 3",
            "sum(arg0)<= 3",
            "sum(arg0 <= 3",
            "sum(arg32) <= 3",
            "sum(arg0) <= 3 ",
            "sum(arg0) <= 3 and <= 2",
            "sum(arg0) <= 3 and <= 2 per period",
            "sum(arg) <= 3"
        ];
        for (uint256 i; i < rules.length; ++i) {
            assertInvalidRule("f(uint8)", rules[i]);
        }
        string[4] memory perPeriod = [
            "sum(arg0) <= 3 and <= 0 per period",
            "sum(arg0) <= 3 and <= 4 per period",
            "sum(arg0) <= 3 and <= 2",
            "sum(arg0) <= 3 and <= 2 per period."
        ];
        for (uint256 i; i < perPeriod.length; ++i) {
            Terms memory terms = termsWithRule("f(uint8)", perPeriod[i]);
            (terms.permissions[0].period, terms.permissions[0].maxCallsPerPeriod) = (60, 1);
            assertTrue(reasonOf(terms) == ITermsCompiler.InvalidRule.selector, perPeriod[i]);
        }
    }

    /// Guarantee: whatever is accepted reads exactly as what it comes to. Texts with one character replaced, put in or
    /// taken out.
    function testFuzz_Mutations(uint8 which, uint8 at, uint8 kind, bytes1 character) public view {
        string[8] memory seeds = [
            "arg0 == 13",
            "arg0 != 13",
            "arg0 <= 13",
            "arg0 >= 13",
            "arg0 in 10..13",
            "arg0 in {1, 20, 3}",
            "sum(arg0) <= 12",
            "arg1 < 9"
        ];
        bytes memory alphabet = "0123456789 =<>!{}.,()-argsuminx";
        if (kind & 0x80 != 0) character = alphabet[uint8(character) % alphabet.length];
        string memory text = string(_mutate(bytes(seeds[which % 8]), at, kind % 3, character));
        Terms memory terms = termsWithRule("f(uint16,uint16)", text);
        try compiler.compile(terms) returns (bytes memory table, bytes32) {
            assertTrue(_readsAs(text, slice(table, 31, table.length)), text);
        } catch (bytes memory reason) {
            assertTrue(
                bytes4(reason) == ITermsCompiler.InvalidRule.selector
                    || bytes4(reason) == ITermsCompiler.UnsupportedRule.selector,
                text
            );
        }
    }

    // ── Independent reading ───────────────────────────────────────────────────

    function _passes(bytes memory compiled, uint256 word) private pure returns (bool) {
        uint256 count = uint8(compiled[1]) & 31;
        for (uint256 i; i < count; ++i) {
            (uint256 low, uint256 high) = abi.decode(slice(compiled, 2 + 64 * i, 66 + 64 * i), (uint256, uint256));
            if (word >= low && word <= high) return true;
        }
        return false;
    }

    function _holds(uint256 operator, uint256 a, uint256 b) private pure returns (bool) {
        if (operator == 0) return a == b;
        if (operator == 1) return a != b;
        if (operator == 2) return a < b;
        if (operator == 3) return a <= b;
        if (operator == 4) return a > b;
        return a >= b;
    }

    /// @dev Whether `text` is one of the ways to write the rule, which is about a uint16.
    function _readsAs(string memory text, bytes memory compiled) private pure returns (bool) {
        string memory word = string.concat("arg", vm.toString(uint8(compiled[0])));
        if (uint8(compiled[1]) == 0x80) {
            uint256 max = uint112(bytes14(slice(compiled, 2, 16)));
            return _same(text, string.concat("sum(", word, ") <= ", vm.toString(max)));
        }
        uint256 count = uint8(compiled[1]);
        string memory list;
        uint256 low;
        uint256 high;
        for (uint256 i; i < count; ++i) {
            (low, high) = abi.decode(slice(compiled, 2 + 64 * i, 66 + 64 * i), (uint256, uint256));
            list = string.concat(list, i == 0 ? "" : ", ", vm.toString(low));
        }
        if (_same(text, string.concat(word, " in {", list, "}"))) return true;
        if (count == 2) return _same(text, string.concat(word, " != ", vm.toString(low - 1)));
        if (low == high && _same(text, string.concat(word, " == ", vm.toString(low)))) return true;
        if (_same(text, string.concat(word, " in ", vm.toString(low), "..", vm.toString(high)))) return true;
        if (low == 0) {
            return _same(text, string.concat(word, " <= ", vm.toString(high)))
                || _same(text, string.concat(word, " < ", vm.toString(high + 1)));
        }
        return high == type(uint16).max
            && (_same(text, string.concat(word, " >= ", vm.toString(low)))
                || _same(text, string.concat(word, " > ", vm.toString(low - 1)))
                || (low == 1 && _same(text, string.concat(word, " != 0"))));
    }

    function _same(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    function _number(uint256 biased, bool signed) private pure returns (string memory) {
        if (!signed) return vm.toString(biased);
        if (biased >= TOP) return vm.toString(biased - TOP);
        return string.concat("-", vm.toString(TOP - biased));
    }

    function _hex(uint256 value, uint256 size) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory text = new bytes(2 * size);
        for (uint256 i = text.length; i > 0; --i) {
            text[i - 1] = digits[value & 15];
            value >>= 4;
        }
        return string.concat("0x", string(text));
    }

    function assertEq(bool actual, bool expected, string memory what) private pure {
        assertTrue(actual == expected, what);
    }
}
