// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {SignedData} from "../encoding/SignedData.sol";
import {TableEncoder} from "../encoding/TableEncoder.sol";
import {Playground} from "../Playground.sol";

contract PublishTest is Playground {
    function _revokers(uint256 count) private pure returns (address[] memory revokers) {
        revokers = new address[](count);
        for (uint256 i; i < count; ++i) {
            revokers[i] = address(uint160(0x1000 + i));
        }
    }

    /// behavior: anyone may relay it; the id commits to everything; the hashes are computed on chain.
    function testFuzz_Publishes(address owner, uint24 maxDuration, bytes32 documentHash, uint8 count, address relayer)
        public
    {
        if (owner == address(0)) owner = studio;
        maxDuration = uint24(bound(maxDuration, 1, 30 days));
        address[] memory revokers = _revokers(count % 17);
        bytes32 tableHash = keccak256(TableEncoder.encode(defaultTerms()));
        bytes32 termsHash = SignedData.hashTerms(defaultTerms());
        bytes32 expected =
            keccak256(abi.encode(owner, keccak256(abi.encodePacked(revokers)), maxDuration, termsHash, documentHash));
        vm.expectEmit(true, true, false, true);
        emit IPolicyRegistry.PolicyPublished(expected, owner, documentHash, termsHash, tableHash, maxDuration, revokers);
        vm.prank(relayer);
        bytes32 policyId = manager.publish(owner, revokers, maxDuration, documentHash, abi.encode(defaultTerms()));
        assertEq(policyId, expected, "id");

        _assertKept(policyId, owner, maxDuration);
        for (uint256 i; i < revokers.length; ++i) {
            assertTrue(manager.isRevoker(policyId, revokers[i]), "revoker");
        }
        assertTrue(manager.isRevoker(policyId, owner), "owner revokes");
        assertTrue(!manager.isRevoker(policyId, stranger) || owner == stranger, "stranger does not");
        assertTrue(!manager.isRevoker(policyId, address(0)), "zero does not");
    }

    function _assertKept(bytes32 policyId, address owner, uint24 maxDuration) private view {
        (address owner_, uint24 maxDuration_, uint40 pausedUntil, bytes32 hash, bytes32 tableHash) =
            manager.policyOf(policyId);
        assertEq(owner_, owner, "owner");
        assertEq(maxDuration_, maxDuration, "duration");
        assertEq(pausedUntil, 0, "not paused");
        assertEq(hash, SignedData.hashTerms(defaultTerms()), "terms");
        assertEq(tableHash, keccak256(TableEncoder.encode(defaultTerms())), "table");
    }

    /// error: once only, so that nobody can publish it anew and lift a pause.
    function test_OnlyOnce() public {
        bytes32 policyId = publish(defaultTerms());
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.PolicyAlreadyPublished.selector, policyId));
        publish(defaultTerms());
    }

    /// behavior: sessions of any duration, from one second to 30 days, both included.
    function test_ShortestAndLongest() public {
        uint24[2] memory durations = [uint24(1), 30 days];
        for (uint256 i; i < durations.length; ++i) {
            bytes32 policyId = manager.publish(studio, _revokers(0), durations[i], 0, abi.encode(defaultTerms()));
            _assertKept(policyId, studio, durations[i]);
        }
    }

    /// error: owner, revokers and duration.
    function test_InvalidArguments() public {
        bytes memory terms = abi.encode(defaultTerms());
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidPolicyOwner.selector, address(0)));
        manager.publish(address(0), _revokers(0), 1 days, 0, terms);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidMaxDuration.selector, 0, 30 days));
        manager.publish(studio, _revokers(0), 0, 0, terms);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidMaxDuration.selector, 30 days + 1, 30 days));
        manager.publish(studio, _revokers(0), 30 days + 1, 0, terms);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.TooManyRevokers.selector, 17, 16));
        manager.publish(studio, _revokers(17), 1 days, 0, terms);
        address[] memory revokers = _revokers(3);
        revokers[1] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidRevoker.selector, 1));
        manager.publish(studio, revokers, 1 days, 0, terms);
    }

    /// error: terms that cannot be granted are not published either; the compiler's error comes through.
    function test_RefusedTerms() public {
        Terms memory terms = defaultTerms();
        terms.permissions[2].maxCalls = 0;
        vm.expectRevert(abi.encodeWithSelector(ITermsCompiler.InvalidCallLimit.selector, 2, 0, 524_287));
        publish(terms);
        vm.expectRevert(abi.encodeWithSelector(ITermsCompiler.InvalidPermissionCount.selector, 0, 8));
        publish(Terms(new Permission[](0), new SpendLimit[](0)));
    }

    /// Guarantee: bytes that are no terms are not published, and what is published is exactly what was given.
    function testFuzz_MalformedTerms(uint256 length) public {
        bytes memory encoded = abi.encode(defaultTerms());
        encoded = slice(encoded, 0, length % encoded.length);
        vm.expectRevert();
        manager.publish(studio, _revokers(0), 1 days, 0, encoded);
    }

    /// Guarantee: no policy for a contract that must never be called: not the manager, which asks, and
    /// not the compiler.
    function test_ForbiddenTargets() public {
        address[2] memory targets = [address(manager), address(compiler)];
        for (uint256 i; i < targets.length; ++i) {
            Terms memory terms = termsOf(permissionOf(targets[i], "hit(uint256)", 1));
            vm.expectRevert(abi.encodeWithSelector(ITermsCompiler.ForbiddenTarget.selector, targets[i]));
            publish(terms);
        }
    }
}
