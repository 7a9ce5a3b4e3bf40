// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Terms} from "../../src/types/Terms.sol";
import {OwnerGrant, Player, Playground} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice A later end for a session that is, or was, active.
contract RenewalTest is Playground {
    function _renew(Player memory player, uint40 validUntil) private {
        (player.session.validUntil, player.session.grantDeadline) = (validUntil, clock() + 60);
        assertGranted(player, makeGrant(player), "renewed");
        assertEq(manager.sessionOf(player.sessionId).validUntil, validUntil, "new end");
    }

    /// behavior: everything that was used stays used: cells, meters, periods, sequences of all lanes.
    function test_CarriesUseOver() public {
        Terms memory terms = termsOf(
            withRule(
                withPeriod(withValue(permissionOf(address(target), "pay(uint256)", 3), 2, 5), 3600, 2, 3),
                "sum(arg0) <= 100 and <= 60 per period"
            )
        );
        Player memory player = makeActivePlayer(1, terms);
        vm.deal(player.account, 100);
        Call memory call = Call(address(target), 2, abi.encodeCall(Target.pay, (40)));
        assertSuccess(run(player, call), "lane 0");
        bytes32[3] memory meters = [_meter(player, 0), _meter(player, 1), _meter(player, 2)];
        uint40 start = player.session.validAfter;

        vm.warp(clock() + 30 minutes);
        _renew(player, clock() + 5 hours);
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.validAfter, start, "same start");
        assertEq(session.nextSequence, 1, "sequence");
        assertEq(session.cells[0], 1, "calls");
        assertEq(session.cells[2], 1, "calls in the period");
        for (uint256 i; i < 3; ++i) {
            assertEq(_meter(player, i), meters[i], "meter");
        }
        assertRejection(run(player, call), ISessionManager.ValuePeriodLimitReached.selector, "same period");
        call.value = 0;
        assertRejection(run(player, call), ISessionManager.ArgumentPeriodSumReached.selector, "same period");

        vm.warp(start + 3600);
        call.value = 2;
        Intent memory intent = makeIntent(player, call);
        (intent.lane, intent.sequence) = (7, 0);
        assertSuccess(run(player, intent), "next period, as counted from the first start");
        _renew(player, clock() + 8 hours);
        assertEq(manager.laneSequenceOf(player.sessionId, 7), 1, "lane");
        assertRejection(run(player, intent), ISessionManager.SequenceUsed.selector, "no intent comes back");
        vm.warp(start + 7200);
        assertRejection(run(player, call), ISessionManager.ValueLimitReached.selector, "total");
        call.value = 1;
        assertRejection(run(player, call), ISessionManager.ArgumentSumReached.selector, "total");
        call.data = abi.encodeCall(Target.pay, (20));
        assertSuccess(run(player, call), "the very last");
        assertRejection(run(player, call), ISessionManager.CallLimitReached.selector, "calls");
    }

    function _meter(Player memory player, uint256 index) private view returns (bytes32) {
        (uint256 total, uint256 period, uint256 used) = manager.meterOf(player.sessionId, index);
        return keccak256(abi.encode(total, period, used));
    }

    /// Guarantee: no older signature shortens what a later one has granted, nor the owner a session by granting.
    function test_NeverShortened() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory first = makeGrant(player);
        Player memory longer = copy(player);
        longer.session.validUntil += 1 hours;
        OwnerGrant memory second = makeGrant(longer);
        assertGranted(player, first, "first");
        assertGranted(player, second, "second");
        bytes4 reason = ISessionManager.RenewalNotLater.selector;
        assertRefused(player, first, reason, "the older grant again");
        longer.session.validUntil -= 1;
        assertRefused(longer, reason, "a second less");
        longer.session.validUntil += 1;
        longer.session.validAfter -= 1;
        assertRefused(longer, reason, "from earlier, to the same end");
        assertEq(manager.sessionOf(player.sessionId).validUntil, second.validUntil, "as granted last");
        assertGranted(player, second, "the same again changes nothing");
        assertSuccess(run(player, hit(1)), "works");
    }

    /// Guarantee: renewing does not move the start, so that no period is counted anew.
    function testFuzz_StartStays(uint40 start) public {
        Player memory player = makeActivePlayer(1);
        start = uint40(bound(start, clock() - 10 hours, clock() + 10 hours));
        if (start == player.session.validAfter) return;
        player.session.validAfter = start;
        player.session.validUntil += 10 hours;
        assertRefused(player, ISessionManager.RenewalMismatch.selector, "another start");
    }

    /// Guarantee: a renewal needs the owner's signature over just it, in time, like any grant.
    function test_IsSigned() public {
        Player memory player = makeActivePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        bytes4 invalid = ISessionManager.InvalidOwnerSignature.selector;
        grant_.validUntil += 1;
        assertRefused(player, grant_, invalid, "a later end for the old signature");
        player.session.validUntil += 1;
        grant_ = makeGrant(player);
        vm.warp(grant_.grantDeadline);
        assertRefused(player, grant_, ISessionManager.GrantExpired.selector, "deadline");
        player.ownerKey = 0xbad;
        player.session.grantDeadline += 60;
        assertRefused(player, invalid, "somebody else");
    }

    /// Guarantee: a session may last, from now, as long as a new one, to the second; from its start up to 2^24 seconds.
    function test_Duration() public {
        Player memory player = makeActivePlayer(1);
        player.session.validUntil = clock() + 1 days;
        vm.warp(clock() + 30 minutes);
        player.session.grantDeadline = clock() + 60;
        player.session.validUntil = clock() + 1 days + 1;
        assertRefused(player, ISessionManager.DurationTooLong.selector, "a second too long from now");
        _renew(player, clock() + 1 days);

        uint40 last = player.session.validAfter + type(uint24).max;
        while (player.session.validUntil + 1 days <= last) {
            vm.warp(player.session.validUntil);
            _renew(player, clock() + 1 days);
        }
        vm.warp(player.session.validUntil);
        (player.session.validUntil, player.session.grantDeadline) = (last + 1, clock() + 60);
        assertRefused(player, ISessionManager.DurationTooLong.selector, "a second too long in all");
        _renew(player, last);
        vm.warp(last - 1);
        assertSuccess(run(player, hit(1)), "the last second");
        vm.warp(last);
        assertRejection(run(player, hit(2)), ISessionManager.SessionExpired.selector, "over");
    }

    /// behavior: a session that has not begun can be renewed, and lasts as long as a new one from its start.
    function test_BeforeTheStart() public {
        Player memory player = makePlayer(1);
        player.session.validAfter = clock() + 1 days;
        player.session.validUntil = clock() + 1 days + 60;
        grant(player);
        player.session.validUntil = clock() + 2 days + 1;
        assertRefused(player, ISessionManager.DurationTooLong.selector, "too long");
        _renew(player, clock() + 2 days);
        assertRejection(run(player, hit(1)), ISessionManager.SessionNotStarted.selector, "not yet");
    }

    /// behavior: an expired session can be renewed too; a revoked one cannot.
    function test_AfterTheEnd() public {
        Player memory player = makeActivePlayer(1);
        vm.warp(player.session.validUntil + 1 days);
        assertRejection(run(player, hit(1)), ISessionManager.SessionExpired.selector, "expired");
        _renew(player, clock() + 1 hours);
        assertSuccess(run(player, hit(1)), "works");
        manager.revokeByKey(identityOf(player), signRevocation(player));
        player.session.validUntil += 1;
        assertRefused(player, ISessionManager.RevokedSession.selector, "revoked");
    }

    /// behavior: an intent may travel with the renewal that it needs.
    function test_WithItsIntent() public {
        Player memory player = makeActivePlayer(1);
        vm.warp(player.session.validUntil);
        (player.session.validUntil, player.session.grantDeadline) = (clock() + 60, clock() + 60);
        bytes memory intent = signed(player, makeIntent(player, hit(1)));
        assertSuccess(runEncoded(player, withGrant(player, makeGrant(player), intent)), "renewed and used");
    }
}

/// @notice The same for somebody else's accounts.
contract RenewalOfForeignAccountTest is RenewalTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
