// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {Intent} from "../../src/types/Intent.sol";
import {Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

contract PauseTest is Playground {
    function _pausedUntil(bytes32 policyId) private view returns (uint40 pausedUntil) {
        (,, pausedUntil,,) = manager.policyOf(policyId);
    }

    /// behavior: owner and revokers pause, at once and until it is lifted.
    function test_OwnerAndRevokersPause() public {
        bytes32 policyId = publish(defaultTerms());
        for (uint256 i; i < 2; ++i) {
            address by = [studio, revoker][i];
            vm.expectEmit(true, true, false, false);
            emit IPolicyRegistry.PolicyPaused(policyId, by);
            vm.prank(by);
            manager.pause(policyId);
            assertEq(_pausedUntil(policyId), type(uint40).max, "paused");
        }
    }

    /// Guarantee: only the owner unpauses, and a pause lasts at least an hour longer.
    function test_UnpausingIsSlow() public {
        Player memory player = makeActivePlayer(1);
        bytes32 policyId = player.session.policyId;
        vm.prank(revoker);
        manager.pause(policyId);
        vm.expectEmit(true, false, false, true);
        emit IPolicyRegistry.PolicyUnpaused(policyId, uint40(clock() + 1 hours));
        vm.prank(studio);
        manager.unpause(policyId);

        vm.warp(clock() + 1 hours - 1);
        assertRejection(run(player, hit(1)), IPolicyRegistry.PolicyIsPaused.selector, "a second before");
        uint40 lifted = _pausedUntil(policyId);
        vm.prank(studio);
        manager.unpause(policyId);
        assertEq(_pausedUntil(policyId), lifted, "asking again does not start anew");
        vm.prank(revoker);
        manager.pause(policyId);
        vm.warp(lifted);
        assertEq(_pausedUntil(policyId), type(uint40).max, "paused again meanwhile");
        vm.prank(studio);
        manager.unpause(policyId);
        vm.warp(lifted + 1 hours);
        player.session.validUntil = clock() + 1 hours;
        player.session.grantDeadline = clock() + 60;
        grant(player);
        assertSuccess(run(player, hit(1)), "lifted");
    }

    /// behavior: a pause from within a call of a bundle stops it from its next section on, and every bundle after it.
    function test_FromWithinABundle() public {
        Terms memory terms = defaultTerms();
        // The game may pause its own policy.
        address[] memory revokers = new address[](1);
        revokers[0] = address(target);
        bytes32 policyId = manager.publish(studio, revokers, 1 days, 0, abi.encode(terms));
        Player memory player = makePlayer(1);
        player.session.policyId = policyId;
        refresh(player);
        grant(player);
        target.prepareCallback(address(manager), abi.encodeCall(manager.pause, (policyId)));

        Intent[3] memory intents;
        intents[0] = makeIntent(player, abi.encodeCall(Target.misbehave, (target.CALL_BACK())));
        intents[1] = makeIntent(player, hit(1));
        intents[1].sequence = 1;
        intents[2] = makeIntent(player, hit(2));
        intents[2].sequence = 2;
        Result[] memory results = run(
            bytes.concat(
                section(player, two(signed(player, intents[0]), signed(player, intents[1]))),
                section(player, one(signed(player, intents[2])))
            )
        );
        assertSuccess(results[0], "the pausing call");
        assertTrue(target.called(), "paused");
        assertSuccess(results[1], "the rest of the section");
        assertRejection(results[2], IPolicyRegistry.PolicyIsPaused.selector, "the next section");
        assertRejection(run(player, intents[2]), IPolicyRegistry.PolicyIsPaused.selector, "the next bundle");
    }

    /// behavior: unpausing what is not paused pauses nothing.
    function test_UnpausingUnpaused() public {
        bytes32 policyId = publish(defaultTerms());
        vm.prank(studio);
        manager.unpause(policyId);
        assertEq(_pausedUntil(policyId), 0, "not paused");
    }

    /// Guarantee: nobody else pauses or unpauses, neither this policy nor one that does not exist.
    function testFuzz_NobodyElse(address caller, bytes32 nowhere) public {
        bytes32 policyId = publish(defaultTerms());
        if (caller == studio || nowhere == policyId) return;
        bytes memory reason = abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, caller);
        vm.startPrank(caller);
        if (caller != revoker) {
            vm.expectRevert(reason);
            manager.pause(policyId);
        }
        vm.expectRevert(reason);
        manager.unpause(policyId);
        vm.expectRevert(reason);
        manager.pause(nowhere);
        if (caller != address(0)) {
            vm.expectRevert(reason);
            manager.unpause(nowhere);
        }
        vm.stopPrank();
    }
}
