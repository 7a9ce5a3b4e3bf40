// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TermsCompilerTest} from "./TermsCompilerTest.sol";

contract RulesTest is TermsCompilerTest {
    uint256 private constant TOP = 1 << 255;

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

    /// behavior: each condition on whole numbers comes to its range, within the type's.
    function test_Unsigned() public view {
        _assertRange("f(uint8)", "arg0 == 3", 0, false, 3, 3);
        _assertRange("f(uint8)", "arg0 < 3", 0, false, 0, 2);
        _assertRange("f(uint8)", "arg0 <= 3", 0, false, 0, 3);
        _assertRange("f(uint8)", "arg0 > 3", 0, false, 4, 255);
        _assertRange("f(uint8)", "arg0 >= 3", 0, false, 3, 255);
        _assertRange("f(uint8)", "arg0 in 3..7", 0, false, 3, 7);
        _assertRange("f(uint8)", "arg0 in {9}", 0, false, 9, 9);
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
    }

    /// error: whatever has no order.
    function test_Unsupported() public view {
        assertUnsupportedRule("f(bool)", "arg0 <= 3");
        assertUnsupportedRule("f(string)", "arg0 == 3");
        assertUnsupportedRule("f(uint8)", "arg1 == 3");
        assertInvalidRule("f(uint8)", "arg0 == 256");
        assertInvalidRule("f(uint8)", "arg0 == 3 ");
    }
}
