// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {TermsCompilerTest} from "./TermsCompilerTest.sol";

contract RequireWithinTest is TermsCompilerTest {
    bytes4 private constant PERMISSION = ITermsCompiler.PermissionOutsidePolicy.selector;
    bytes4 private constant SPEND_LIMIT = ITermsCompiler.SpendLimitOutsidePolicy.selector;

    // ── Terms ─────────────────────────────────────────────────────────────────

    /// @dev Two permissions with everything, one with nothing, and two spend limits.
    function _policy() private pure returns (Terms memory terms) {
        terms.permissions = new Permission[](3);
        string[] memory rules = new string[](4);
        (rules[0], rules[1]) = ("arg0 in {3, 9, 5, 4}", "sum(arg1) <= 100 and <= 10 per period");
        (rules[2], rules[3]) = ("arg2 >= -5", "arg3 != true");
        terms.permissions[0] = Permission(GAME, "play(uint8,uint256,int64,bool)", 100, 20, 200, 600, 10, 50, rules);
        terms.permissions[1] = Permission(GAME, "idle()", 7, 0, 0, 0, 0, 0, new string[](0));
        terms.permissions[2] = Permission(COIN, "pay(uint8)", 50, 5, 25, 0, 0, 0, rulesOf("arg0 in 10..20"));
        terms.spendLimits = new SpendLimit[](2);
        terms.spendLimits[0] = SpendLimit(GAME, 1000, 0, 0);
        terms.spendLimits[1] = SpendLimit(COIN, 2000, 3600, 500);
    }

    function _assertWithin(Terms memory terms, Terms memory policy) private view {
        compiler.requireWithin(tableOf(terms), tableOf(policy));
    }

    function _assertOutside(Terms memory terms, Terms memory policy, bytes4 reason, uint256 index) private {
        (bytes memory table, bytes memory policyTable) = (tableOf(terms), tableOf(policy));
        vm.expectRevert(abi.encodeWithSelector(reason, index));
        compiler.requireWithin(table, policyTable);
    }

    /// @dev Whether the rule `text` does for `required`, each of a permission with a period.
    function _does(string memory types, string memory text, string memory required) private view returns (bool) {
        (Terms memory terms, Terms memory policy) = (_withRule(types, text), _withRule(types, required));
        try compiler.requireWithin(tableOf(terms), tableOf(policy)) {
            return true;
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodeWithSelector(PERMISSION, 0), "reason");
            return false;
        }
    }

    function _withRule(string memory types, string memory rule) private pure returns (Terms memory terms) {
        terms = termsWithRule(string.concat("f(", types, ")"), rule);
        (terms.permissions[0].period, terms.permissions[0].maxCallsPerPeriod) = (600, 10);
    }

    // ── Within ────────────────────────────────────────────────────────────────

    /// behavior: terms are within themselves, in whatever order.
    function test_Reflexive() public view {
        Terms memory terms = _policy();
        _assertWithin(terms, _policy());
        (terms.permissions[0], terms.permissions[2]) = (terms.permissions[2], terms.permissions[0]);
        (terms.spendLimits[0], terms.spendLimits[1]) = (terms.spendLimits[1], terms.spendLimits[0]);
        string[] memory rules = terms.permissions[2].rules;
        (rules[0], rules[1], rules[2], rules[3]) = (rules[3], rules[2], rules[1], rules[0]);
        _assertWithin(terms, _policy());
        _assertWithin(_policy(), terms);
    }

    /// behavior: fewer functions, lower limits, more rules, more spend limits, and periods that the policy lacks.
    function testFuzz_Stricter(uint32 calls, uint112 perCall, uint112 total, uint32 few, uint112 perPeriod)
        public
        view
    {
        Terms memory terms = _policy();
        Permission memory permission = terms.permissions[0];
        permission.maxCalls = uint32(bound(calls, 1, 100));
        permission.maxValue = uint112(bound(total, 1, 200));
        permission.maxValuePerCall = uint112(bound(perCall, 1, _min(20, permission.maxValue)));
        permission.maxCallsPerPeriod = uint32(bound(few, 1, _min(10, permission.maxCalls)));
        perPeriod = uint112(bound(perPeriod, permission.maxValuePerCall, _min(50, permission.maxValue)));
        permission.maxValuePerPeriod = perPeriod;
        terms.spendLimits[1].maxAmount = uint112(bound(total, 500, 2000));
        terms.spendLimits[1].maxAmountPerPeriod = uint112(bound(perCall, 1, 500));
        _assertWithin(terms, _policy());

        (permission.maxValue, permission.maxValuePerCall, permission.maxValuePerPeriod) = (0, 0, 0);
        _assertWithin(terms, _policy());

        terms.permissions[1].period = 61;
        terms.permissions[1].maxCallsPerPeriod = 1;
        terms.spendLimits[0] = SpendLimit(GAME, 1000, 60, 1000);
        _assertWithin(terms, _policy());

        SpendLimit[] memory limits = new SpendLimit[](3);
        (limits[0], limits[1], limits[2]) = (spendLimitOf(address(0x10000)), terms.spendLimits[1], terms.spendLimits[0]);
        terms.spendLimits = limits;
        (terms.permissions[2].period, terms.permissions[2].maxCallsPerPeriod) = (90, 1);
        terms.permissions[2].maxValuePerPeriod = 5;
        string[] memory rules = new string[](3);
        (rules[0], rules[1], rules[2]) = ("arg0 != 3", "sum(arg0) <= 100", "arg0 == 12");
        terms.permissions[2].rules = rules;
        Permission[] memory one = new Permission[](1);
        one[0] = terms.permissions[2];
        terms.permissions = one;
        _assertWithin(terms, _policy());
    }

    // ── Outside ───────────────────────────────────────────────────────────────

    /// Guarantee: of a rule of the policy, its own ranges count, and not what the rule behind it would be as a range.
    function test_RangesEndWithTheRule() public {
        string[] memory rules = new string[](2);
        (rules[0], rules[1]) = ("arg0 == 5", "arg0 >= 3");
        Terms memory policy = termsOf(permissionOf("f(uint256)"));
        policy.permissions[0].rules = rules;
        // As a range, the second rule goes from 2^240 to over 2^241: word 0 ‖ shape 1 ‖ 3, without its last bytes.
        string memory outside = string.concat("arg0 == ", vm.toString(uint256(1) << 241));
        _assertOutside(termsWithRule("f(uint256)", outside), policy, PERMISSION, 0);
        _assertWithin(termsWithRule("f(uint256)", "arg0 == 5"), policy);
    }

    /// Guarantee: the spend limits that a table counts are looked at, and nothing that stands behind them.
    function test_SpendLimitsEndWithTheTable() public {
        Terms memory terms = _policy();
        bytes memory policyTable = tableOf(terms);
        SpendLimit[] memory limits = new SpendLimit[](1);
        limits[0] = terms.spendLimits[0];
        terms.spendLimits = limits;
        bytes memory second = slice(policyTable, policyTable.length - 52, policyTable.length);
        bytes memory table = bytes.concat(tableOf(terms), second);
        vm.expectRevert(abi.encodeWithSelector(SPEND_LIMIT, 1));
        compiler.requireWithin(table, policyTable);
    }

    /// error: one number of one permission too high.
    function testFuzz_LooserPermission(uint8 which, uint32 more) public {
        which %= 8;
        more = uint32(bound(more, 1, 100_000));
        (Terms memory terms, Terms memory policy) = (_policy(), _policy());
        Permission memory first = terms.permissions[0];
        if (which == 0) first.maxCalls += more;
        if (which == 1) first.maxValue += more;
        // What the policy's own numbers leave no room for is made lower there.
        if (which == 2) (first.maxValuePerCall, policy.permissions[0].maxValuePerCall) = (20, 19);
        if (which == 3) first.maxCallsPerPeriod += uint32(1 + more % 90);
        if (which == 4) first.maxValuePerPeriod += uint112(1 + more % 150);
        if (which == 5) first.period += more;
        if (which == 6) first.period -= 1 + more % 540;
        if (which == 7) {
            (first.period, first.maxCallsPerPeriod, first.maxValuePerPeriod) = (0, 0, 0);
            first.rules[1] = "sum(arg1) <= 10";
        }
        _assertOutside(terms, policy, PERMISSION, 0);
        // The last one as well.
        (terms.permissions[0], terms.permissions[2]) = (terms.permissions[2], first);
        _assertOutside(terms, policy, PERMISSION, 2);
    }

    /// error: functions that the policy does not have, and value where it has none.
    function test_OtherFunctions() public {
        Terms memory terms = _policy();
        terms.permissions[1].to = COIN;
        _assertOutside(terms, _policy(), PERMISSION, 1);
        terms.permissions[1].to = GAME;
        terms.permissions[1].signature = "idle(uint8)";
        _assertOutside(terms, _policy(), PERMISSION, 1);
        terms.permissions[1].signature = "idle()";
        (terms.permissions[1].maxValuePerCall, terms.permissions[1].maxValue) = (1, 1);
        _assertOutside(terms, _policy(), PERMISSION, 1);
    }

    /// error: a rule less, or another one in its place.
    function testFuzz_FewerRules(uint8 which, bool isReplaced) public {
        which %= 4;
        Terms memory terms = _policy();
        string[] memory all = terms.permissions[0].rules;
        if (isReplaced) {
            all[which] = ["arg0 in {3, 9, 6}", "sum(arg0) <= 1", "arg2 > -7", "arg3 == true"][which];
        } else {
            all[which] = all[3];
            assembly ("memory-safe") {
                mstore(all, 3)
            }
        }
        _assertOutside(terms, _policy(), PERMISSION, 0);
        terms = _policy();
        terms.permissions[2].rules = new string[](0);
        _assertOutside(terms, _policy(), PERMISSION, 2);
    }

    /// error: a spend limit that is missing, too high, or without the policy's period.
    function testFuzz_LooserSpendLimit(uint8 which, uint112 more) public {
        which %= 7;
        more = uint112(bound(more, 1, 1 << 100));
        (Terms memory terms, Terms memory policy) = (_policy(), _policy());
        SpendLimit memory second = terms.spendLimits[1];
        if (which == 0) second.maxAmount += more;
        if (which == 1) second.maxAmountPerPeriod += uint112(1 + more % 1500);
        if (which == 2) second.period += uint32(1 + more % 100_000);
        if (which == 3) second.period -= uint32(1 + more % 3500);
        if (which == 4) (second.period, second.maxAmountPerPeriod, second.maxAmount) = (0, 0, 1);
        if (which == 5) second.token = address(uint160(0x10000));
        if (which == 6) terms.spendLimits = new SpendLimit[](0);
        _assertOutside(terms, policy, SPEND_LIMIT, which == 6 ? 0 : 1);
    }

    // ── Rules ─────────────────────────────────────────────────────────────────

    /// behavior: ranges do if the union of the policy's covers each of them.
    function test_Ranges() public view {
        assertTrue(_does("uint8", "arg0 in 3..5", "arg0 in {5, 9, 3, 4}"), "joined from pieces");
        assertTrue(!_does("uint8", "arg0 in 3..6", "arg0 in {5, 9, 3, 4}"), "behind the pieces");
        assertTrue(!_does("uint8", "arg0 in 3..9", "arg0 in {5, 9, 3, 4}"), "over a gap");
        assertTrue(_does("uint8", "arg0 in {4, 9}", "arg0 in {5, 9, 3, 4}"), "some");
        assertTrue(!_does("uint8", "arg0 in {4, 8}", "arg0 in {5, 9, 3, 4}"), "one other");
        assertTrue(_does("uint8", "arg0 != 7", "arg0 <= 255"), "all");
        assertTrue(_does("uint256", "arg0 != 7", "arg0 >= 0"), "all of the largest type");
        assertTrue(!_does("uint8", "arg0 <= 255", "arg0 != 7"), "but one");
        assertTrue(!_does("uint8,uint8", "arg1 == 3", "arg0 == 3"), "another word");
        assertTrue(_does("int8", "arg0 in -1..1", "arg0 > -2"), "signed");
        assertTrue(!_does("int8", "arg0 in -1..1", "arg0 >= 0"), "signed, below");
        assertTrue(!_does("uint8", "sum(arg0) <= 3", "arg0 <= 3"), "a sum for a range");
        assertTrue(!_does("uint8", "arg0 <= 3", "sum(arg0) <= 3"), "a range for a sum");
    }

    /// behavior: sums, by their limits.
    function testFuzz_Sums(uint112 a, uint112 b, uint112 c, uint112 d) public view {
        (a, b) = (uint112(bound(a, 1, 1000)), uint112(bound(b, 1, 1000)));
        (c, d) = (uint112(bound(c, 1, a)), uint112(bound(d, 1, b)));
        bool expected = a <= b && c <= d;
        assertTrue(_does("uint8", _sum(a, c), _sum(b, d)) == expected, "both");
        assertTrue(
            _does("uint8", string.concat("sum(arg0) <= ", vm.toString(a)), _sum(b, d)) == (a <= d), "first whole"
        );
        assertTrue(
            _does("uint8", _sum(a, c), string.concat("sum(arg0) <= ", vm.toString(b))) == (a <= b), "second whole"
        );
    }

    function _sum(uint256 max, uint256 perPeriod) private pure returns (string memory) {
        return string.concat("sum(arg0) <= ", vm.toString(max), " and <= ", vm.toString(perPeriod), " per period");
    }

    /// Guarantee: a rule that does lets pass nothing that the other would not, and one that does not lets something
    /// pass. Small sets, checked number by number.
    function testFuzz_Sets(uint256 seed) public view {
        (string memory rule, uint256 set) = _set(uint256(keccak256(abi.encode(seed, 0))));
        (string memory required, uint256 outerSet) = _set(uint256(keccak256(abi.encode(seed, 1))));
        assertTrue(_does("uint8", rule, required) == (set & ~outerSet == 0), string.concat(rule, " / ", required));
    }

    /// @return rule Any of those about a uint8.
    /// @return set A bit for each number that passes.
    function _set(uint256 seed) private pure returns (string memory rule, uint256 set) {
        uint256 kind = seed % 4;
        uint256 a = (seed >> 8) % 16;
        uint256 b = a + (seed >> 16) % 6;
        if (kind == 0) return (string.concat("arg0 <= ", vm.toString(a)), (2 << a) - 1);
        if (kind == 1) return (string.concat("arg0 != ", vm.toString(a)), ~(uint256(1) << a));
        if (kind == 2) {
            rule = string.concat("arg0 in ", vm.toString(a), "..", vm.toString(b));
            return (rule, ((uint256(2) << b) - 1) & ~((uint256(1) << a) - 1));
        }
        for (uint256 i; i < 1 + (seed >> 24) % 16; ++i) {
            uint256 value = (seed >> (32 + 8 * i)) % 16;
            rule = string.concat(rule, i == 0 ? "" : ", ", vm.toString(value));
            set |= uint256(1) << value;
        }
        rule = string.concat("arg0 in {", rule, "}");
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
