// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice Limits per period, on calls and on value. Periods are counted from the session's start.
contract PeriodsTest is Playground {
    bytes4 private constant CALLS = ISessionManager.CallPeriodLimitReached.selector;
    bytes4 private constant VALUE = ISessionManager.ValuePeriodLimitReached.selector;

    /// @dev `hit` five times, at most three times an hour.
    function _hitter() private returns (Player memory player) {
        player = makePlayer(1, termsOf(withPeriod(permissionOf(address(target), "hit(uint256)", 5), 1 hours, 3, 0)));
        player.session.validUntil = clock() + 1 days;
        grant(player);
    }

    /// @dev `pay` 20 times, with at most 10 wei each, 100 in all and 25 an hour, at most 8 times an hour.
    function _payer() private returns (Player memory player) {
        Permission memory pay = withValue(permissionOf(address(target), "pay(uint256)", 20), 10, 100);
        player = makePlayer(1, termsOf(withPeriod(pay, 1 hours, 8, 25)));
        player.session.validUntil = clock() + 1 days;
        grant(player);
        vm.deal(player.account, 1000);
    }

    function _pay(uint256 value) private view returns (Call memory) {
        return Call(address(target), value, abi.encodeCall(Target.pay, (1)));
    }

    function _hit() private view returns (Call memory) {
        return Call(address(target), 0, hit(1));
    }

    /// @dev What the three cells of an entry say.
    function _assertCells(Player memory player, uint256 first, uint256 calls, uint256 period, uint256 inPeriod)
        private
        view
    {
        assertCell(player, first, calls, "calls");
        assertCell(player, first + 1, period, "period");
        assertCell(player, first + 2, inPeriod, "calls in the period");
    }

    // ── Calls ─────────────────────────────────────────────────────────────────

    /// Guarantee: as many calls in a period as allowed and not one more, from its first second to its last.
    function test_CallsPerPeriod() public {
        Player memory player = _hitter();
        uint40 start = player.session.validAfter;
        for (uint256 i = 1; i <= 3; ++i) {
            assertSuccess(run(player, hit(i)), "in the first period");
            _assertCells(player, 0, i, 0, i);
        }
        assertRejection(run(player, hit(4)), CALLS, "the fourth");
        vm.warp(start + 1 hours - 1);
        assertRejection(run(player, hit(4)), CALLS, "in the last second");
        _assertCells(player, 0, 3, 0, 3);
        vm.warp(start + 1 hours);
        assertSuccess(run(player, hit(4)), "in the first second of the next");
        _assertCells(player, 0, 4, 1, 1);
        vm.warp(start + 2 hours - 1);
        Result memory result = run(player, hit(5));
        assertSuccess(result, "in its last second");
        assertEq(result.counters, 5 | (uint256(1) << 19) | (uint256(2) << 38), "cells in the event");
        assertRejection(run(player, hit(6)), ISessionManager.CallLimitReached.selector, "no more in all");
        vm.warp(start + 5 hours);
        assertRejection(run(player, hit(6)), ISessionManager.CallLimitReached.selector, "in any period");
        _assertCells(player, 0, 5, 1, 2);
    }

    /// Guarantee: what is not used in a period is lost, and what was used in an earlier one does not come back.
    function test_PeriodsDoNotAddUp() public {
        Player memory player = _hitter();
        vm.warp(player.session.validAfter + 7 hours + 5);
        Call[] memory calls = new Call[](4);
        for (uint256 i; i < 4; ++i) {
            calls[i] = _hit();
        }
        assertRejection(run(player, calls), CALLS, "four at once, after seven empty periods");
        _assertCells(player, 0, 0, 0, 0);
        assembly ("memory-safe") {
            mstore(calls, 3)
        }
        assertSuccess(run(player, calls), "three");
        _assertCells(player, 0, 3, 7, 3);
        assertRejection(run(player, _hit()), CALLS, "the fourth");
    }

    /// Guarantee: several calls of an intent, and several intents of a bundle, count together.
    function test_WithinABundle() public {
        Player memory player = _hitter();
        assertSuccess(run(player, calls2(_hit(), _hit())), "two");
        assertRejection(run(player, calls2(_hit(), _hit())), CALLS, "two more, of which one would be allowed");
        _assertCells(player, 0, 2, 0, 2);
        bytes[] memory items = new bytes[](3);
        for (uint32 i; i < 3; ++i) {
            Intent memory intent = makeIntent(player, _hit());
            (intent.lane, intent.sequence) = (i, i == 0 ? 1 : 0);
            items[i] = signed(player, intent);
        }
        Result[] memory results = run(section(player, items));
        assertSuccess(results[0], "the third");
        assertRejection(results[1], CALLS, "the fourth, on another lane");
        assertRejection(results[2], CALLS, "and the fifth");
        assertEq(manager.laneSequenceOf(player.sessionId, 1), 0, "nothing used up");
    }

    /// behavior: an intent that fails counts for nothing, in no period: the cells are as before, even in a new period.
    function test_FailureCountsNothing() public {
        Permission memory misbehave = permissionOf(address(target), "misbehave(uint8)", 50);
        Permission memory hitting = permissionOf(address(target), "hit(uint256)", 50);
        Player memory player = makeActivePlayer(
            1, termsOf(withPeriod(misbehave, 10 minutes, 1, 0), withPeriod(hitting, 10 minutes, 3, 0))
        );
        uint40 start = player.session.validAfter;
        Call memory failing = Call(address(target), 0, abi.encodeCall(Target.misbehave, (target.REVERT())));
        for (uint256 i; i < 3; ++i) {
            assertFailure(run(player, calls2(_hit(), failing)), Target.Refused.selector, "failing");
            _assertCells(player, 0, 0, 0, 0);
            _assertCells(player, 3, 0, 0, 0);
        }
        vm.warp(start + 10 minutes);
        assertSuccess(run(player, calls2(_hit(), _hit())), "two");
        vm.warp(start + 30 minutes);
        assertFailure(run(player, calls2(_hit(), failing)), Target.Refused.selector, "failing in a later period");
        _assertCells(player, 3, 2, 1, 2);
        _assertCells(player, 0, 0, 0, 0);
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 5, "sequences are used");
    }

    /// behavior: periods are counted from the start that was granted, before it or not.
    function test_CountedFromTheStart() public {
        Player memory player =
            makePlayer(1, termsOf(withPeriod(permissionOf(address(target), "hit(uint256)", 50), 10 minutes, 1, 0)));
        player.session.validAfter -= 595;
        grant(player);
        assertSuccess(run(player, hit(1)), "in the first period, which ends soon");
        vm.warp(clock() + 4);
        assertRejection(run(player, hit(2)), CALLS, "its last second");
        vm.warp(clock() + 1);
        assertSuccess(run(player, hit(2)), "the second");
        _assertCells(player, 0, 2, 1, 1);
    }

    /// Guarantee: the number of a period fits its cell, with the shortest periods and the longest life of a session.
    function test_LongestSession() public {
        Player memory player = makePlayer(1);
        Permission memory hitting = withPeriod(permissionOf(address(target), "hit(uint256)", 524_287), 60, 524_287, 0);
        useNoPolicy(player, termsOf(hitting, permissionOf(address(target), "misbehave(uint8)", 5)));
        uint40 last = player.session.validAfter + type(uint24).max;
        player.session.validUntil = clock() + 30 days;
        grant(player);
        while (player.session.validUntil < last) {
            vm.warp(player.session.validUntil - 1);
            player.session.validUntil = player.session.validUntil + 30 days - 1;
            if (player.session.validUntil > last) player.session.validUntil = last;
            player.session.grantDeadline = clock() + 60;
            grant(player);
        }
        vm.warp(last - 1);
        assertSuccess(run(player, hit(1)), "the last second");
        _assertCells(player, 0, 1, uint256(type(uint24).max - 1) / 60, 1);
        assertCell(player, 3, 0, "the neighbour");
    }

    struct Tally {
        uint256 total;
        uint256 period;
        uint256 inPeriod;
    }

    /// @dev Whether `amount` more is within both limits now; if so, it is added.
    function _add(Tally memory tally, uint256 amount, uint256 max, uint256 period, uint256 maxPerPeriod)
        private
        pure
        returns (bool)
    {
        uint256 inPeriod = period == tally.period ? tally.inPeriod : 0;
        if (tally.total + amount > max || inPeriod + amount > maxPerPeriod) return false;
        (tally.total, tally.period, tally.inPeriod) = (tally.total + amount, period, inPeriod + amount);
        return true;
    }

    /// Guarantee: entries with and without period keep to their own cells, whatever is called, and when.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_EntriesAreIndependent(uint256 seed) public {
        Terms memory terms = defaultTerms();
        withPeriod(terms.permissions[0], 1 hours, 2, 0);
        terms.permissions[1].maxCalls = 6;
        withPeriod(terms.permissions[2], 10 minutes, 1, 0);
        Player memory player = makePlayer(1, terms);
        player.session.validUntil = clock() + 1 days;
        grant(player);
        Tally[3] memory tallies;
        for (uint256 i; i < 20; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(clock() + (random >> 8) % 25 minutes);
            _callAny(player, tallies, random % 3);
            _assertCells(player, 0, tallies[0].total, tallies[0].period, tallies[0].inPeriod);
            assertCell(player, 3, tallies[1].total, "without period");
            _assertCells(player, 4, tallies[2].total, tallies[2].period, tallies[2].inPeriod);
            assertCell(player, 7, 0, "of no entry");
        }
    }

    function _callAny(Player memory player, Tally[3] memory tallies, uint256 entry) private {
        bytes[3] memory datas =
            [hit(1), abi.encodeCall(Target.pay, (1)), abi.encodeCall(Target.misbehave, (target.CALL_BACK()))];
        uint256 max = player.session.terms.permissions[entry].maxCalls;
        uint256 time = clock() - player.session.validAfter;
        uint256[3] memory periods = [time / 1 hours, 0, time / 10 minutes];
        bool allowed = _add(tallies[entry], 1, max, periods[entry], [uint256(2), max, 1][entry]);
        assertTrue(run(player, datas[entry]).success == allowed, allowed ? "allowed" : "refused");
    }

    // ── Value ─────────────────────────────────────────────────────────────────

    /// Guarantee: as much value in a period as allowed and not one wei more, whatever the calls carry each.
    function test_ValuePerPeriod() public {
        Player memory player = _payer();
        uint40 start = player.session.validAfter;
        assertSuccess(run(player, calls2(_pay(10), _pay(10))), "20");
        assertMeter(player, 0, 20, 0, 20);
        assertRejection(run(player, _pay(6)), VALUE, "26");
        assertRejection(run(player, calls2(_pay(3), _pay(3))), VALUE, "26 in two calls");
        assertSuccess(run(player, _pay(5)), "25");
        assertSuccess(run(player, _pay(0)), "nothing is always allowed");
        assertMeter(player, 0, 25, 0, 25);
        _assertCells(player, 0, 4, 0, 4);
        vm.warp(start + 1 hours - 1);
        assertRejection(run(player, _pay(1)), VALUE, "in the last second");
        vm.warp(start + 1 hours);
        assertSuccess(run(player, _pay(1)), "in the next");
        assertMeter(player, 0, 26, 1, 1);
        assertRejection(run(player, _pay(11)), ISessionManager.ValuePerCallExceeded.selector, "each call");
        assertEq(address(target).balance, 26, "sent");
    }

    /// Guarantee: the total holds across periods.
    function test_TotalOverPeriods() public {
        Player memory player = _payer();
        for (uint256 i; i < 4; ++i) {
            vm.warp(player.session.validAfter + i * 1 hours);
            assertSuccess(run(player, calls2(_pay(10), _pay(10))), "20");
        }
        vm.warp(player.session.validAfter + 4 hours);
        assertSuccess(run(player, calls2(_pay(10), _pay(5))), "95");
        vm.warp(player.session.validAfter + 5 hours);
        assertRejection(run(player, _pay(6)), ISessionManager.ValueLimitReached.selector, "101");
        assertSuccess(run(player, _pay(5)), "100");
        assertRejection(run(player, _pay(1)), ISessionManager.ValueLimitReached.selector, "one more");
        assertMeter(player, 0, 100, 5, 5);
    }

    /// behavior: value that came back with a failure was not sent: total and period are as before.
    function test_FailureReturnsValue() public {
        Player memory player = _payer();
        assertSuccess(run(player, _pay(10)), "before");
        vm.warp(player.session.validAfter + 3 hours);
        Call memory failing = Call(address(target), 10, abi.encodeCall(Target.pay, (type(uint256).max)));
        assertFailure(run(player, calls2(_pay(10), failing)), Target.Refused.selector, "failing");
        assertMeter(player, 0, 10, 0, 10);
        _assertCells(player, 0, 1, 0, 1);
        assertEq(player.account.balance, 990, "kept");
    }

    /// Guarantee: value in a period never exceeds its limit, with any calls at any time; the meter says just what was sent.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_ValuePerPeriod(uint256 seed) public {
        Permission memory pay = withValue(permissionOf(address(target), "pay(uint256)", 100), 10, 100);
        Player memory player = makePlayer(1, termsOf(withPeriod(pay, 1 hours, 100, 25)));
        player.session.validUntil = clock() + 1 days;
        grant(player);
        vm.deal(player.account, 1000);
        Tally memory tally;
        for (uint256 i; i < 12; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(clock() + (random >> 16) % 40 minutes);
            // At least one of both carries value, or the meter is not touched.
            (uint256 first, uint256 second) = (1 + random % 11, (random >> 8) % 12);
            bool allowed = first <= 10 && second <= 10;
            uint256 period = (clock() - player.session.validAfter) / 1 hours;
            allowed = allowed && _add(tally, first + second, 100, period, 25);
            assertTrue(
                run(player, calls2(_pay(first), _pay(second))).success == allowed, allowed ? "allowed" : "refused"
            );
            assertMeter(player, 0, tally.total, tally.period, tally.inPeriod);
        }
        assertEq(address(target).balance, tally.total, "sent");
    }
}

/// @notice The same for somebody else's accounts.
contract PeriodsOfForeignAccountTest is PeriodsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
