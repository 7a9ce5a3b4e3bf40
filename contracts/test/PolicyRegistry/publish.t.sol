// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {FunctionSignature} from "../../src/types/FunctionSignature.sol";
import {PermissionTable} from "../../src/types/PermissionTable.sol";
import {Permission} from "../../src/types/Session.sol";
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
        (bytes memory table, bytes32 tableHash, bytes32 permissionsHash) = manager.packPermissions(defaultPermissions());
        assertEq(tableHash, keccak256(table), "table hash");
        bytes32 expected = keccak256(
            abi.encode(owner, keccak256(abi.encodePacked(revokers)), maxDuration, permissionsHash, documentHash)
        );
        vm.expectEmit(true, true, false, true);
        emit IPolicyRegistry.PolicyPublished(
            expected, owner, documentHash, permissionsHash, tableHash, maxDuration, revokers
        );
        vm.prank(relayer);
        bytes32 policyId = manager.publish(owner, revokers, maxDuration, documentHash, defaultPermissions());
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
        (, bytes32 tableHash, bytes32 permissionsHash) = manager.packPermissions(defaultPermissions());
        (address owner_, uint24 maxDuration_, uint40 pausedUntil, bytes32 hash, bytes32 tableHash_) =
            manager.policyOf(policyId);
        assertEq(owner_, owner, "owner");
        assertEq(maxDuration_, maxDuration, "duration");
        assertEq(pausedUntil, 0, "not paused");
        assertEq(hash, permissionsHash, "permissions");
        assertEq(tableHash_, tableHash, "table");
    }

    /// error: once only, so that nobody can publish it anew and lift a pause.
    function test_OnlyOnce() public {
        bytes32 policyId = publish(defaultPermissions());
        address[] memory revokers = new address[](1);
        revokers[0] = revoker;
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.PolicyAlreadyPublished.selector, policyId));
        manager.publish(studio, revokers, 1 days, keccak256("document"), defaultPermissions());
    }

    /// error: owner, revokers and duration.
    function test_InvalidTerms() public {
        Permission[] memory permissions = defaultPermissions();
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidPolicyOwner.selector, address(0)));
        manager.publish(address(0), _revokers(0), 1 days, 0, permissions);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidMaxDuration.selector, 0, 30 days));
        manager.publish(studio, _revokers(0), 0, 0, permissions);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidMaxDuration.selector, 30 days + 1, 30 days));
        manager.publish(studio, _revokers(0), 30 days + 1, 0, permissions);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.TooManyRevokers.selector, 17, 16));
        manager.publish(studio, _revokers(17), 1 days, 0, permissions);
        address[] memory revokers = _revokers(3);
        revokers[1] = address(0);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.InvalidRevoker.selector, 1));
        manager.publish(studio, revokers, 1 days, 0, permissions);
    }

    /// error: 1 to 8 permissions, no two alike.
    function test_PermissionCount() public {
        vm.expectRevert(abi.encodeWithSelector(PermissionTable.InvalidPermissionCount.selector, 0, 8));
        manager.packPermissions(new Permission[](0));
        Permission[] memory permissions = new Permission[](9);
        for (uint256 i; i < 9; ++i) {
            permissions[i] = Permission(address(uint160(0x10000 + i)), "hit(uint256)", 1, 0, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(PermissionTable.InvalidPermissionCount.selector, 9, 8));
        manager.packPermissions(permissions);
        assembly ("memory-safe") {
            mstore(permissions, 8)
        }
        manager.packPermissions(permissions);
        // Guarantee (A-39): the relayer can never choose between two entries for one function.
        permissions[7].to = permissions[0].to;
        vm.expectRevert(abi.encodeWithSelector(PermissionTable.DuplicatePermission.selector, 7));
        manager.packPermissions(permissions);
    }

    /// Guarantee (19): nothing is unlimited: every limit is at least 1, and 0 never means without limit.
    function test_Limits() public {
        Permission[] memory permissions = new Permission[](1);
        permissions[0] = Permission(address(target), "hit(uint256)", 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(PermissionTable.InvalidCallLimit.selector, 0, 0, 524_287));
        manager.packPermissions(permissions);
        permissions[0].maxCalls = 524_288;
        vm.expectRevert(abi.encodeWithSelector(PermissionTable.InvalidCallLimit.selector, 0, 524_288, 524_287));
        manager.packPermissions(permissions);
        permissions[0].maxCalls = 1;
        uint128[2][3] memory values = [[uint128(1), 0], [0, uint128(1)], [uint128(2), 1]];
        for (uint256 i; i < 3; ++i) {
            (permissions[0].maxValuePerCall, permissions[0].maxValue) = (values[i][0], values[i][1]);
            vm.expectRevert(
                abi.encodeWithSelector(PermissionTable.InvalidValueLimit.selector, 0, values[i][0], values[i][1])
            );
            manager.packPermissions(permissions);
        }
    }

    /// behavior: the table is as documented.
    function testFuzz_TableLayout(address to, uint32 maxCalls, uint128 perCall, uint128 total) public view {
        to = address(uint160(bound(uint160(to), 0x10000, 0xffffff)));
        maxCalls = uint32(bound(maxCalls, 1, 524_287));
        total = uint128(bound(total, 1, type(uint128).max));
        perCall = uint128(bound(perCall, 1, total));
        Permission[] memory permissions = new Permission[](2);
        permissions[0] = Permission(to, "hit(uint256)", maxCalls, 0, 0);
        permissions[1] = Permission(to, "pay(uint256)", maxCalls, perCall, total);
        (bytes memory table,,) = manager.packPermissions(permissions);
        bytes4 first = bytes4(keccak256("hit(uint256)"));
        bytes4 second = bytes4(keccak256("pay(uint256)"));
        bytes memory expected = bytes.concat(
            abi.encodePacked(uint8(0), to, first, maxCalls),
            abi.encodePacked(uint8(1), to, second, maxCalls, perCall, total)
        );
        assertEq(table, expected, "table");
    }

    /// Guarantee: what the wallet shows is what the selector is made from: only canonical signatures are taken.
    function test_Signatures() public {
        string[8] memory good = [
            "move(uint8)",
            "f()",
            "_(bytes32[])",
            "$x9(uint256[3],(address,bool)[])",
            "A((),())",
            "mint(uint256,address)",
            "transferFrom(address,address,uint256)",
            "a((uint8,(uint8,uint8)),string)"
        ];
        for (uint256 i; i < good.length; ++i) {
            (bytes memory table,,) = manager.packPermissions(_withSignature(good[i]));
            assertEq(bytes4(slice(table, 21, 25)), bytes4(keccak256(bytes(good[i]))), "selector");
        }
        string[20] memory bad = [
            "",
            "f",
            "()",
            "f(",
            "f)",
            "f()x",
            "f()()",
            "f(()",
            "f())",
            "9f()",
            "f (uint8)",
            "f(uint8 direction)",
            "f(uint8, uint8)",
            unicode"mоve(uint8)",
            "f(Uint8)",
            "f-g()",
            "f(uint8);",
            "f(\u0000)",
            "\n()",
            "f)("
        ];
        for (uint256 i; i < bad.length; ++i) {
            Permission[] memory permissions = _withSignature(bad[i]);
            vm.expectRevert(abi.encodeWithSelector(FunctionSignature.InvalidFunctionSignature.selector, bad[i]));
            manager.packPermissions(permissions);
        }
    }

    /// error: signatures of more than 128 bytes.
    function test_SignatureLength() public {
        bytes memory signature = new bytes(128);
        for (uint256 i; i < 126; ++i) {
            signature[i] = "a";
        }
        (signature[126], signature[127]) = ("(", ")");
        manager.packPermissions(_withSignature(string(signature)));
        signature = bytes.concat("a", signature);
        Permission[] memory permissions = _withSignature(string(signature));
        vm.expectRevert(abi.encodeWithSelector(FunctionSignature.InvalidFunctionSignature.selector, string(signature)));
        manager.packPermissions(permissions);
    }

    function _withSignature(string memory signature) private view returns (Permission[] memory permissions) {
        permissions = new Permission[](1);
        permissions[0] = Permission(address(target), signature, 1, 0, 0);
    }
}
