// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice Limits on what an argument adds up to.
contract SumsTest is Playground {
    bytes4 private constant TOTAL = ISessionManager.ArgumentSumReached.selector;
    bytes4 private constant PERIOD = ISessionManager.ArgumentPeriodSumReached.selector;

    function _permission() private view returns (Permission memory) {
        return permissionOf(address(target), "hit(uint256)", 1000);
    }

    function _player(Permission memory permission) private returns (Player memory player) {
        player = makePlayer(1, termsOf(permission));
        player.session.validUntil = clock() + 1 days;
        grant(player);
    }

    function _hit(uint256 number) private view returns (Call memory) {
        return Call(address(target), 0, hit(number));
    }

    /// Guarantee: arguments add up to the limit and not one more, over the calls of an intent and over intents.
    function test_Total() public {
        Player memory player = _player(withRule(_permission(), "sum(arg0) <= 100"));
        assertSuccess(run(player, calls2(_hit(30), _hit(30))), "60");
        assertMeter(player, 0, 60, 0, 0);
        assertRejection(run(player, _hit(41)), TOTAL, "101");
        assertRejection(run(player, calls2(_hit(20), _hit(21))), TOTAL, "101 in two calls");
        assertMeter(player, 0, 60, 0, 0);
        assertSuccess(run(player, calls2(_hit(39), _hit(1))), "100");
        assertRejection(run(player, _hit(1)), TOTAL, "one more");
        assertSuccess(run(player, _hit(0)), "nothing is always allowed");
        assertMeter(player, 0, 100, 0, 0);
        assertCell(player, 0, 5, "calls");
        assertEq(target.lastVisit().number, 0, "as it was signed");
    }

    /// Guarantee: no number is so large that the sum comes round.
    function testFuzz_NeverOverflows(uint256 number) public {
        Player memory player =
            _player(withRule(_permission(), string.concat("sum(arg0) <= ", vm.toString(type(uint112).max))));
        assertSuccess(run(player, _hit(1)), "one");
        number = bound(number, type(uint112).max, type(uint256).max);
        assertRejection(run(player, _hit(number)), TOTAL, "large");
        assertRejection(run(player, calls2(_hit(5), _hit(type(uint256).max - 4))), TOTAL, "round");
        assertSuccess(run(player, _hit(type(uint112).max - 1)), "to the limit");
        assertMeter(player, 0, type(uint112).max, 0, 0);
        assertRejection(run(player, _hit(1)), TOTAL, "beyond");
    }

    /// Guarantee: what stands behind a sum is never taken for a range that an argument may be in.
    function test_NoRange() public {
        Player memory player = _player(withRule(_permission(), "sum(arg0) <= 1"));
        for (uint256 bit = 1; bit < 256; bit += 5) {
            assertRejection(run(player, _hit(uint256(1) << bit)), TOTAL, "more than 1");
        }
        assertMeter(player, 0, 0, 0, 0);
    }

    /// Guarantee: the same in each period, from its first second to its last.
    function test_PerPeriod() public {
        Permission memory permission = withPeriod(_permission(), 1 hours, 1000, 0);
        Player memory player = _player(withRule(permission, "sum(arg0) <= 100 and <= 40 per period"));
        uint40 start = player.session.validAfter;
        assertSuccess(run(player, calls2(_hit(20), _hit(20))), "40");
        assertRejection(run(player, _hit(1)), PERIOD, "41");
        vm.warp(start + 1 hours - 1);
        assertRejection(run(player, _hit(1)), PERIOD, "in the last second");
        vm.warp(start + 1 hours);
        assertRejection(run(player, calls2(_hit(40), _hit(1))), PERIOD, "41 in the next");
        assertSuccess(run(player, _hit(40)), "40 in the next");
        assertMeter(player, 0, 80, 1, 40);
        vm.warp(start + 9 hours);
        assertRejection(run(player, _hit(21)), TOTAL, "101 in all");
        assertSuccess(run(player, _hit(20)), "100 in all");
        assertMeter(player, 0, 100, 9, 20);
        vm.warp(start + 10 hours);
        assertRejection(run(player, _hit(1)), TOTAL, "one more");
    }

    /// behavior: without a limit per period, the sum's own holds, whatever period the permission has.
    function test_TotalWithPeriod() public {
        Permission memory permission = withPeriod(_permission(), 1 hours, 1000, 0);
        Player memory player = _player(withRule(permission, "sum(arg0) <= 100"));
        assertSuccess(run(player, _hit(99)), "99");
        vm.warp(clock() + 2 hours);
        assertRejection(run(player, _hit(2)), TOTAL, "101");
        assertSuccess(run(player, _hit(1)), "100");
        assertMeter(player, 0, 100, 2, 1);
    }

    /// Guarantee: a sum and other rules hold together, whichever comes first; what another rule refuses is not added.
    function test_WithOtherRules() public {
        for (uint256 i; i < 2; ++i) {
            string[2] memory rules = ["sum(arg0) <= 100", "arg0 <= 60"];
            Permission memory permission = withRule(withRule(_permission(), rules[i]), rules[1 - i]);
            Player memory player = makeActivePlayer(10 + i, termsOf(permission));
            assertRejection(run(player, _hit(61)), ISessionManager.ArgumentNotAllowed.selector, "each");
            assertMeter(player, 0, 0, 0, 0);
            assertSuccess(run(player, _hit(60)), "each and in all");
            assertRejection(run(player, _hit(41)), TOTAL, "in all");
            assertMeter(player, 0, 60, 0, 0);
        }
    }

    /// Guarantee: sums of several arguments and entries, and value, have meters of their own.
    function test_MetersAreSeparate() public {
        Permission memory pay = withValue(permissionOf(address(target), "pay(uint256)", 10), 5, 50);
        Permission memory hitting = withRule(withRule(_permission(), "sum(arg0) <= 100"), "sum(arg0) <= 90");
        Player memory player = makeActivePlayer(1, termsOf(withRule(pay, "sum(arg0) <= 7"), hitting));
        vm.deal(player.account, 100);
        Call[] memory calls =
            calls2(Call(address(target), 3, abi.encodeCall(Target.pay, (4))), Call(address(target), 0, hit(50)));
        assertSuccess(run(player, calls), "first");
        uint256[5] memory expected = [uint256(3), 4, 50, 50, 0];
        for (uint256 i; i < 5; ++i) {
            assertMeter(player, i, expected[i], 0, 0);
        }
        assertRejection(run(player, _hit(41)), TOTAL, "the stricter sum");
        calls[1] = Call(address(target), 0, hit(1));
        assertRejection(run(player, calls), TOTAL, "the other entry's");
        assertEq(address(target).balance, 3, "value");
    }

    /// behavior: an intent that fails adds nothing, in no period.
    function test_FailureAddsNothing() public {
        Permission memory permission = withPeriod(_permission(), 1 hours, 1000, 0);
        Player memory player = makeActivePlayer(
            1,
            termsOf(
                withRule(permission, "sum(arg0) <= 100 and <= 40 per period"),
                permissionOf(address(target), "misbehave(uint8)", 10)
            )
        );
        Call memory failing = Call(address(target), 0, abi.encodeCall(Target.misbehave, (target.REVERT())));
        assertSuccess(run(player, _hit(10)), "before");
        assertFailure(run(player, calls2(_hit(30), failing)), Target.Refused.selector, "failing");
        assertMeter(player, 0, 10, 0, 10);
        vm.warp(clock() + 1 hours - 1);
        player.session.validUntil += 1 hours;
        player.session.grantDeadline = clock() + 60;
        grant(player);
        vm.warp(clock() + 1);
        assertFailure(run(player, calls2(_hit(30), failing)), Target.Refused.selector, "failing in the next period");
        assertMeter(player, 0, 10, 0, 10);
        assertSuccess(run(player, _hit(40)), "all of the period");
        assertMeter(player, 0, 50, 1, 40);
    }

    /// Guarantee: meters are of the session, not of a lane or a bundle.
    function test_LanesShareMeters() public {
        Player memory player = _player(withRule(_permission(), "sum(arg0) <= 100"));
        bytes[] memory items = new bytes[](4);
        for (uint32 i; i < 4; ++i) {
            Intent memory intent = makeIntent(player, _hit(30));
            intent.lane = i;
            items[i] = signed(player, intent);
        }
        Result[] memory results = run(section(player, items));
        for (uint256 i; i < 3; ++i) {
            assertSuccess(results[i], "within");
        }
        assertRejection(results[3], TOTAL, "the fourth lane");
        assertEq(manager.laneSequenceOf(player.sessionId, 3), 0, "not used up");
        assertEq(manager.laneSequenceOf(player.sessionId, 2), 1, "used up");
    }

    /// Guarantee: sessions do not share meters, even of one account and key.
    function test_SessionsHaveTheirOwn() public {
        Player memory player = _player(withRule(_permission(), "sum(arg0) <= 100"));
        Player memory other = copy(player);
        useKey(other, SECP256K1, 0xf00d);
        grant(other);
        assertSuccess(run(player, _hit(100)), "first");
        assertSuccess(run(other, _hit(100)), "second");
        assertRejection(run(player, _hit(1)), TOTAL, "first");
        bytes memory both = bytes.concat(
            section(other, two(signed(other, makeIntent(other, _hit(0))), signed(player, makeIntent(player, _hit(1)))))
        );
        Result[] memory results = run(both);
        assertSuccess(results[0], "in one section");
        assertRejection(results[1], TOTAL, "in one section");
    }
}

/// @notice The same for somebody else's accounts.
contract SumsOfForeignAccountTest is SumsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
