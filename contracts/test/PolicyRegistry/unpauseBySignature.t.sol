// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Playground} from "../Playground.sol";

contract UnpauseBySignatureTest is Playground {
    uint256 private constant OWNER_KEY = 0xA11CE;
    bytes32 private policyId;

    function setUp() public override {
        super.setUp();
        policyId = manager.publish(vm.addr(OWNER_KEY), revokersOfPolicies(), 1 hours, 0, abi.encode(defaultTerms()));
        vm.prank(revoker);
        manager.pause(policyId);
    }

    function _sign(uint256 key, uint32 pauseNumber) private view returns (bytes memory) {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) =
            IERC5267(address(manager)).eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 message =
            keccak256(abi.encode(keccak256("Unpause(bytes32 policyId,uint32 pauseNumber)"), policyId, pauseNumber));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    function _pausedUntil() private view returns (uint40 pausedUntil) {
        (,, pausedUntil,,) = manager.policyOf(policyId);
    }

    /// behavior: anyone may relay the owner's signature, and the delay applies.
    function test_LiftsThePause() public {
        assertEq(manager.pauseNumberOf(policyId), 1, "first pause");
        manager.unpauseBySignature(policyId, _sign(OWNER_KEY, 1));
        assertEq(_pausedUntil(), clock() + 1 hours, "an hour later");
    }

    /// Guarantee: a signature for one pause never lifts another, however often the policy is paused again.
    function test_NeverLiftsALaterPause() public {
        bytes memory signature = _sign(OWNER_KEY, 1);
        manager.unpauseBySignature(policyId, signature);
        vm.prank(revoker);
        manager.pause(policyId);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidUnpauseSignature.selector, policyId));
        manager.unpauseBySignature(policyId, signature);
        assertEq(_pausedUntil(), type(uint40).max, "still paused");
    }

    /// Guarantee: pausing what is paused does not void a signature that is on its way.
    function test_PausingTwiceIsOnePause() public {
        vm.prank(revoker);
        manager.pause(policyId);
        assertEq(manager.pauseNumberOf(policyId), 1, "same pause");
    }

    /// Guarantee: nobody but the owner can sign it, for any policy.
    function testFuzz_NobodyElse(uint256 key, bytes32 nowhere) public {
        key = 1 + key % type(uint128).max;
        if (key == OWNER_KEY || nowhere == policyId) return;
        bytes memory signature = _sign(key, 1);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidUnpauseSignature.selector, policyId));
        manager.unpauseBySignature(policyId, signature);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.UnknownPolicy.selector, nowhere));
        manager.unpauseBySignature(nowhere, signature);
    }

    /// Guarantee: it is signed for one chain and one instance of the manager, though the policy has the same id on all.
    function test_NotElsewhere() public {
        bytes memory signature = _sign(OWNER_KEY, 1);
        bytes memory refusal = abi.encodeWithSelector(IPolicyRegistry.InvalidUnpauseSignature.selector, policyId);
        vm.chainId(7);
        vm.expectRevert(refusal);
        manager.unpauseBySignature(policyId, signature);
        vm.chainId(31_337);

        ISessionManager original = manager;
        manager = deployManager();
        manager.publish(vm.addr(OWNER_KEY), revokersOfPolicies(), 1 hours, 0, abi.encode(defaultTerms()));
        vm.prank(revoker);
        manager.pause(policyId);
        vm.expectRevert(refusal);
        manager.unpauseBySignature(policyId, signature);
        original.unpauseBySignature(policyId, signature);
        assertEq(_pausedUntil(), type(uint40).max, "still paused there");
    }
}
