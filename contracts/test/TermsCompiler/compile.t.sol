// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {TermsCompilerTest} from "./TermsCompilerTest.sol";

interface VmTypedData {
    function eip712HashStruct(string calldata types, bytes calldata data) external pure returns (bytes32);
}

contract CompileTest is TermsCompilerTest {
    string private constant TYPES =
        "Terms(Permission[] permissions,SpendLimit[] spendLimits)Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)";

    /// @dev One of everything: value, period and rules; rules; a token function with a period. Seven cells, six meters.
    function _everything() private pure returns (Terms memory terms) {
        terms.permissions = new Permission[](3);
        string[] memory rules = new string[](3);
        (rules[0], rules[1], rules[2]) = ("sum(arg0) <= 9 and <= 4 per period", "arg1 != true", "sum(arg0) <= 7");
        terms.permissions[0] = Permission(GAME, "play(uint8,bool)", 500, 3, 30, 3600, 50, 13, rules);
        terms.permissions[1] = permissionOf("set(int8)");
        terms.permissions[1].rules = rulesOf("arg0 in -1..1");
        terms.permissions[2] =
            Permission(COIN, "transfer(address,uint256)", 524_287, 0, 0, 30 days, 524_287, 0, new string[](0));
        terms.spendLimits = new SpendLimit[](2);
        terms.spendLimits[0] = SpendLimit(GAME, 1, 0, 0);
        terms.spendLimits[1] = SpendLimit(COIN, type(uint112).max, 60, 5);
    }

    // ── Tables ────────────────────────────────────────────────────────────────

    /// behavior: the table is as documented.
    function test_Layout() public view {
        bytes memory first = bytes.concat(
            abi.encodePacked(uint8(0x07), GAME, bytes4(keccak256("play(uint8,bool)")), uint32(500)),
            abi.encodePacked(uint8(0), uint112(3), uint112(30)),
            abi.encodePacked(uint32(3600), uint32(50), uint112(13)),
            abi.encodePacked(uint8(3), uint8(0), uint8(0x81), uint112(9), uint112(4)),
            abi.encodePacked(uint8(1), uint8(1), uint256(0), uint256(0)),
            abi.encodePacked(uint8(0), uint8(0x82), uint112(7), uint112(7))
        );
        bytes memory second = bytes.concat(
            abi.encodePacked(uint8(0x04 | (3 << 5)), GAME, bytes4(keccak256("set(int8)")), uint32(10)),
            abi.encodePacked(uint8(1), uint8(0), uint8(0x41), (uint256(1) << 255) - 1, (uint256(1) << 255) + 1)
        );
        bytes memory third = abi.encodePacked(
            uint8(0x02 | (1 << 3) | (4 << 5)),
            COIN,
            bytes4(0xa9059cbb),
            uint32(524_287),
            uint32(30 days),
            uint32(524_287)
        );
        bytes memory spends =
            abi.encodePacked(GAME, uint112(1), uint32(0), uint112(0), COIN, type(uint112).max, uint32(60), uint112(5));
        assertEq(tableOf(_everything()), bytes.concat(hex"23", first, second, third, spends), "table");
    }

    /// behavior: limits stand in the table as they are.
    function testFuzz_Limits(uint32 calls, uint112 perCall, uint112 total, uint32 period, uint32 few, uint112 perPeriod)
        public
        view
    {
        calls = uint32(bound(calls, 1, 524_287));
        total = uint112(bound(total, 1, type(uint112).max));
        perCall = uint112(bound(perCall, 1, total));
        period = uint32(bound(period, 60, 30 days));
        few = uint32(bound(few, 1, calls));
        perPeriod = uint112(bound(perPeriod, perCall, total));
        bytes memory head = abi.encodePacked(uint8(1), uint8(3), GAME, bytes4(keccak256("f()")), calls);
        assertEq(
            tableOf(termsOf(Permission(GAME, "f()", calls, perCall, total, period, few, perPeriod, new string[](0)))),
            bytes.concat(head, abi.encodePacked(uint8(0), perCall, total, period, few, perPeriod)),
            "all"
        );
        head[1] = 0x01;
        assertEq(
            tableOf(termsOf(Permission(GAME, "f()", calls, perCall, total, 0, 0, 0, new string[](0)))),
            bytes.concat(head, abi.encodePacked(uint8(0), perCall, total)),
            "value"
        );
        head[1] = 0x02;
        assertEq(
            tableOf(termsOf(Permission(GAME, "f()", calls, 0, 0, period, few, 0, new string[](0)))),
            bytes.concat(head, abi.encodePacked(period, few)),
            "period"
        );
    }

    /// behavior: the functions that every token has are marked.
    function test_TokenFunctions() public view {
        string[4] memory signatures = [
            "transfer(address,uint256)",
            "transferFrom(address,address,uint256)",
            "approve(address,uint256)",
            "increaseAllowance(address,uint256)"
        ];
        uint8[4] memory kinds = [1, 2, 3, 3];
        for (uint256 i; i < 4; ++i) {
            Terms memory terms = termsOf(permissionOf(signatures[i]));
            assertTrue(reasonOf(terms) == ITermsCompiler.SpendLimitMissing.selector, "missing");
            terms.spendLimits = new SpendLimit[](1);
            terms.spendLimits[0] = spendLimitOf(COIN);
            assertTrue(reasonOf(terms) == ITermsCompiler.SpendLimitMissing.selector, "of another token");
            terms.spendLimits[0] = spendLimitOf(GAME);
            bytes memory table = tableOf(terms);
            assertEq(uint8(table[1]), uint256(kinds[i]) << 3, "flags");
            assertEq(bytes4(slice(table, 22, 26)), bytes4(keccak256(bytes(signatures[i]))), "selector");
        }
    }

    /// behavior: the hash is the EIP-712 struct hash.
    function testFuzz_Hash(address to, uint32 calls, uint112 total, uint8 rules) public view {
        Terms memory terms = _everything();
        (, bytes32 hash) = compiler.compile(terms);
        assertEq(hash, _hashOf(terms), "everything");
        to = address(uint160(bound(uint160(to), 0x10000, 1 << 100)));
        terms.permissions[1] =
            Permission(to, "f(uint8)", uint32(bound(calls, 1, 9999)), 0, 0, 0, 0, 0, new string[](rules % 9));
        for (uint256 i; i < rules % 9; ++i) {
            terms.permissions[1].rules[i] = string.concat("arg0 != ", vm.toString(i));
        }
        terms.spendLimits[0].maxAmount = total == 0 ? 1 : total;
        (, hash) = compiler.compile(terms);
        assertEq(hash, _hashOf(terms), "changed");
    }

    function _hashOf(Terms memory terms) private pure returns (bytes32) {
        return VmTypedData(address(vm)).eip712HashStruct(TYPES, abi.encode(terms));
    }

    // ── Errors ────────────────────────────────────────────────────────────────

    /// error: 1 to 8 permissions, no two alike.
    function test_Permissions() public {
        Terms memory terms;
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.InvalidPermissionCount.selector, 0, 8));
        terms.permissions = new Permission[](9);
        for (uint256 i; i < 9; ++i) {
            terms.permissions[i] = permissionOf("f()");
            terms.permissions[i].to = address(uint160(0x10000 + i));
        }
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.InvalidPermissionCount.selector, 9, 8));
        Permission[] memory permissions = terms.permissions;
        assembly ("memory-safe") {
            mstore(permissions, 8)
        }
        assertEq(tableOf(terms).length, 1 + 8 * 29, "eight");
        // Guarantee: the relayer can never choose between two entries for one function.
        permissions[7].to = permissions[3].to;
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.DuplicatePermission.selector, 7));
        permissions[7].signature = "g()";
        compiler.compile(terms);
    }

    /// Guarantee: nothing is unlimited: every limit is at least 1, and 0 never means without limit.
    function test_Numbers() public {
        _refuseCalls(0);
        _refuseCalls(524_288);
        _refuseCalls(type(uint32).max);
        _refuseValue(1, 0);
        _refuseValue(0, 1);
        _refuseValue(2, 1);
        // period, calls in it, value in it; of 10 calls with 3 wei each and 30 in all.
        uint32[3][14] memory bad = [
            [uint32(0), 1, 0],
            [uint32(0), 0, 3],
            [uint32(0), 1, 3],
            [uint32(59), 1, 3],
            [uint32(1), 1, 3],
            [uint32(30 days + 1), 1, 3],
            [type(uint32).max, 1, 3],
            [uint32(60), 0, 3],
            [uint32(60), 11, 3],
            [uint32(60), 0, 0],
            [uint32(60), 1, 0],
            [uint32(60), 1, 2],
            [uint32(60), 1, 31],
            [uint32(60), 10, 31]
        ];
        for (uint256 i; i < bad.length; ++i) {
            Permission memory permission =
                Permission(GAME, "f()", 10, 3, 30, bad[i][0], bad[i][1], bad[i][2], new string[](0));
            expectRefused(
                termsOf(permission), abi.encodeWithSelector(ITermsCompiler.InvalidPeriod.selector, 0, bad[i][0])
            );
        }
        Permission memory free = Permission(GAME, "f()", 10, 0, 0, 60, 10, 1, new string[](0));
        expectRefused(termsOf(free), abi.encodeWithSelector(ITermsCompiler.InvalidPeriod.selector, 0, 60));
    }

    function _refuseCalls(uint32 calls) private {
        Permission memory permission = permissionOf("f()");
        permission.maxCalls = calls;
        bytes4 selector = ITermsCompiler.InvalidCallLimit.selector;
        expectRefused(termsOf(permission), abi.encodeWithSelector(selector, 0, calls, 524_287));
    }

    function _refuseValue(uint112 perCall, uint112 total) private {
        Permission memory permission = permissionOf("f()");
        (permission.maxValuePerCall, permission.maxValue) = (perCall, total);
        bytes4 selector = ITermsCompiler.InvalidValueLimit.selector;
        expectRefused(termsOf(permission), abi.encodeWithSelector(selector, 0, perCall, total));
    }

    /// error: contracts that no session may ever call, nor limit as a token.
    function testFuzz_ForbiddenTargets(uint16 low) public {
        address[8] memory targets = [
            address(uint160(low)),
            address(compiler),
            address(this),
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x433709009B8330FDa32311DF1C2AFA402eD8D009,
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789,
            0x000000000022D473030F116dDEE9F6B43aC78BA3
        ];
        for (uint256 i; i < targets.length; ++i) {
            Terms memory terms = termsOf(permissionOf("f()"));
            terms.permissions[0].to = targets[i];
            expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.ForbiddenTarget.selector, targets[i]));
            terms.permissions[0].to = GAME;
            terms.spendLimits = new SpendLimit[](1);
            terms.spendLimits[0] = spendLimitOf(targets[i]);
            expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.InvalidSpendLimit.selector, 0));
        }
    }

    /// error: at most 8 rules; the first wrong one is named.
    function test_Rules() public {
        Terms memory terms = termsOf(permissionOf("f(uint8)"));
        terms.permissions[0].rules = new string[](9);
        for (uint256 i; i < 9; ++i) {
            terms.permissions[0].rules[i] = "arg0 < 3";
        }
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.TooManyRules.selector, 0, 9, 8));
        string[] memory rules = terms.permissions[0].rules;
        assembly ("memory-safe") {
            mstore(rules, 8)
        }
        assertEq(tableOf(terms).length, 31 + 8 * 66, "eight");
        rules[5] = "arg1 < 3";
        rules[7] = "arg0 < 0";
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.UnsupportedRule.selector, 0, 5));
        rules[5] = "arg0 < 3";
        expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.InvalidRule.selector, 0, 7));
    }

    /// error: spend limits of nothing, twice, or per a period that there is not.
    function test_SpendLimits() public {
        SpendLimit[9] memory bad = [
            SpendLimit(COIN, 0, 0, 0),
            SpendLimit(COIN, 9, 0, 1),
            SpendLimit(COIN, 9, 59, 1),
            SpendLimit(COIN, 9, 30 days + 1, 1),
            SpendLimit(COIN, 9, 60, 0),
            SpendLimit(COIN, 9, 60, 10),
            SpendLimit(GAME, 9, 0, 0),
            SpendLimit(address(0), 9, 0, 0),
            SpendLimit(COIN, 0, 60, 0)
        ];
        for (uint256 i; i < bad.length; ++i) {
            Terms memory terms = termsOf(permissionOf("f()"));
            terms.spendLimits = new SpendLimit[](2);
            (terms.spendLimits[0], terms.spendLimits[1]) = (SpendLimit(GAME, 9, 60, 9), bad[i]);
            expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.InvalidSpendLimit.selector, 1));
        }
        Terms memory many = termsOf(permissionOf("f()"));
        many.spendLimits = new SpendLimit[](5);
        for (uint256 i; i < 5; ++i) {
            many.spendLimits[i] = spendLimitOf(address(uint160(0x10000 + i)));
        }
        expectRefused(many, abi.encodeWithSelector(ITermsCompiler.TooManySpendLimits.selector, 5, 4));
    }

    /// error: 8 counters, of which a permission with a period takes three.
    function testFuzz_Counters(uint8 count, uint8 periods) public {
        count = uint8(bound(count, 1, 8));
        uint256 cells;
        Terms memory terms;
        terms.permissions = new Permission[](count);
        for (uint256 i; i < count; ++i) {
            terms.permissions[i] = permissionOf(string.concat("f", vm.toString(i), "()"));
            bool isPeriodic = (periods >> i) & 1 == 1;
            if (isPeriodic) (terms.permissions[i].period, terms.permissions[i].maxCallsPerPeriod) = (60, 1);
            cells += isPeriodic ? 3 : 1;
        }
        if (cells > 8) {
            return expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.TooManyCounters.selector, cells, 8));
        }
        bytes memory table = tableOf(terms);
        uint256 at = 1;
        for (uint256 i; i < count; ++i) {
            assertEq(uint8(table[at]) >> 5, _cellsBefore(i, periods), "first cell");
            at += uint8(table[at]) & 2 == 0 ? 29 : 37;
        }
    }

    function _cellsBefore(uint256 index, uint8 periods) private pure returns (uint256 cells) {
        for (uint256 i; i < index; ++i) {
            cells += (periods >> i) & 1 == 1 ? 3 : 1;
        }
    }

    /// error: 8 meters, for values, sums and spend limits together.
    function testFuzz_Meters(uint8 values, uint8 sums, uint8 spends) public {
        (values, sums, spends) = (values % 5, sums % 9, spends % 5);
        Terms memory terms;
        terms.permissions = new Permission[](values + 1);
        for (uint256 i; i <= values; ++i) {
            terms.permissions[i] = permissionOf(string.concat("f", vm.toString(i), "(uint8)"));
            if (i != 0) (terms.permissions[i].maxValuePerCall, terms.permissions[i].maxValue) = (1, 1);
        }
        terms.permissions[0].rules = new string[](sums);
        for (uint256 i; i < sums; ++i) {
            terms.permissions[0].rules[i] = "sum(arg0) <= 9";
        }
        terms.spendLimits = new SpendLimit[](spends);
        for (uint256 i; i < spends; ++i) {
            terms.spendLimits[i] = spendLimitOf(address(uint160(0x10000 + i)));
        }
        uint256 meters = uint256(values) + sums + spends;
        if (meters > 8) {
            return expectRefused(terms, abi.encodeWithSelector(ITermsCompiler.TooManyMeters.selector, meters, 8));
        }
        bytes memory table = tableOf(terms);
        assertEq(uint8(table[0]), (spends << 4) | (values + 1), "counts");
        uint256 at = 30 + (sums == 0 ? 0 : 1);
        for (uint256 i; i < sums; ++i) {
            assertEq(uint8(table[at + 1]), 0x80 | i, "meter of a sum");
            at += 16;
        }
        for (uint256 i; i < values; ++i) {
            assertEq(uint8(table[at + 29]), sums + i, "meter of a value");
            at += 58;
        }
        assertEq(table.length, at + 52 * uint256(spends), "length");
    }

    /// error: numbers that exceed their types, in whatever member.
    function testFuzz_DirtyWords(uint8 member, uint256 dirt) public {
        Terms memory terms = _everything();
        bytes memory data = abi.encodeCall(ITermsCompiler.compile, (terms));
        // Selector, offset of the terms, their two offsets, count, offsets of the permissions; then the first of them.
        uint256 at = 4 + 32 * (1 + 2 + 1 + 3 + uint256(member) % 8);
        if (member % 8 == 1) return;
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), at))
        }
        dirt = member % 8 == 0 ? bound(dirt, 1, type(uint96).max) << 160 : bound(dirt, 1, type(uint144).max) << 112;
        word |= dirt;
        assembly ("memory-safe") {
            mstore(add(add(data, 32), at), word)
        }
        (bool accepted,) = address(compiler).call(data);
        assertTrue(!accepted, "dirty");
    }

    /// Guarantee: texts end where their lengths say, whatever stands behind them.
    function testFuzz_DirtyPadding(uint8 at, bytes32 dirt) public {
        string[6] memory rules =
            ["arg0 == 1", "arg0 in 1..5", "arg0 in {1, 2}", "sum(arg0) <= 5", "arg1 == 0xab", "arg0 != 0"];
        Terms memory terms = termsWithRule("f(uint256,bytes1)", rules[at % 6]);
        bytes memory data = abi.encodeCall(ITermsCompiler.compile, (terms));
        (, bytes memory expected) = address(compiler).call(data);
        _soil(data, bytes("f(uint256,bytes1)"), at % 2 == 0 ? dirt : bytes32("0)[]),"));
        _soil(data, bytes(rules[at % 6]), at % 2 == 0 ? dirt : bytes32("0, 7}"));
        (bool accepted, bytes memory answer) = address(compiler).call(data);
        assertTrue(accepted, "accepted");
        assertEq(answer, expected, "the same");
    }

    /// @dev Writes `dirt` behind the only place in `data` where `text` stands, up to the next whole word.
    function _soil(bytes memory data, bytes memory text, bytes32 dirt) private pure {
        uint256 start = 4;
        while (keccak256(slice(data, start, start + text.length)) != keccak256(text)) start += 32;
        for (uint256 i = text.length; i % 32 != 0; ++i) {
            data[start + i] = dirt[i - text.length];
        }
    }
}
