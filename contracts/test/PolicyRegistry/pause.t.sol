// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {Player, Playground} from "../Playground.sol";

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
