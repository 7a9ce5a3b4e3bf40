// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {Target} from "../targets/Target.sol";
import {PlayerAccountTest} from "./PlayerAccountTest.sol";

contract CallForPlayerTest is PlayerAccountTest {
    /// @dev One call: to 20 ‖ zero 8 ‖ hasValue 1 ‖ size 3 ‖ [value 32] ‖ data.
    function _encode(uint32 epoch, uint256 value, bytes memory data) private view returns (bytes memory) {
        return abi.encodePacked(
            abi.encodePacked(IPlayerAccount.callForPlayer.selector, epoch, target, uint64(0), value != 0),
            uint24(data.length),
            value == 0 ? bytes("") : abi.encode(value),
            data
        );
    }

    /// Guarantee: only SessionManager may use this entry; not the owner, not the EntryPoint, not the account itself.
    function testFuzz_OnlySessionManager(address caller) public {
        if (caller == address(manager)) return;
        vm.prank(caller);
        (bool success, bytes memory reason) = address(account).call(_encode(0, 0, hit(1)));
        assertTrue(!success, "accepted");
        assertEq(reason, abi.encodeWithSelector(Account.AccountUnauthorized.selector, caller), "reason");
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, caller));
        account.bumpSessionEpoch();
    }

    /// Guarantee: sessions of another epoch are refused.
    function testFuzz_StaleSession(uint32 epoch) public {
        if (epoch == 0) epoch = 1;
        vm.prank(address(manager));
        (bool success, bytes memory reason) = address(account).call(_encode(epoch, 0, hit(1)));
        assertTrue(!success, "accepted");
        assertEq(reason, abi.encodeWithSelector(IPlayerAccount.StaleSession.selector, 0, epoch), "reason");
    }

    /// behavior: calls with data and value of any size.
    function testFuzz_Calls(uint128 value, bytes calldata args) public {
        vm.deal(address(account), value);
        vm.prank(address(manager));
        (bool success,) = address(account).call(_encode(0, value, bytes.concat(abi.encodeCall(Target.pay, (5)), args)));
        assertTrue(success, "call");
        assertEq(target.lastVisit().value, value, "value");
        assertEq(target.lastVisit().sender, address(account), "sender");
    }

    /// Guarantee: nothing is called but what is encoded: behind the last call there is none, not even of address zero.
    function test_LastCallIsTheLast() public {
        // Refuses every call.
        vm.etch(address(0), hex"fe");
        vm.prank(address(manager));
        (bool success,) = address(account).call(_encode(0, 0, hit(1)));
        assertTrue(success, "call");
        assertEq(target.visitCount(), 1, "one visit");
    }

    /// Guarantee: of what a call fails with, four bytes are handed on, or as many as there are; so no failure costs more
    /// because somebody wrote a long one.
    function test_FailuresAreShort() public {
        uint8[3] memory ways = [target.REVERT(), target.SHORT_REVERT(), target.REVERT_BOMB()];
        bytes[3] memory reasons = [abi.encodePacked(Target.Refused.selector), new bytes(3), new bytes(4)];
        for (uint256 i; i < ways.length; ++i) {
            bytes memory call_ = _encode(0, 0, abi.encodeCall(Target.misbehave, (ways[i])));
            vm.prank(address(manager));
            (bool success, bytes memory reason) = address(account).call(call_);
            assertTrue(!success, "failed");
            assertEq(reason, reasons[i], "reason");
        }
    }

    /// behavior: ERC-7579 account, with its vendor, name and version.
    function test_AccountId() public view {
        assertEq(bytes(account.accountId()), bytes("playkey.player-account.1.0.0"), "id");
    }

    /// behavior: the account receives native value and tokens.
    function test_Receives() public {
        vm.deal(address(this), 1 ether);
        (bool success,) = address(account).call{value: 1 ether}("");
        assertTrue(success, "value");
        assertEq(account.onERC721Received(stranger, stranger, 1, ""), bytes4(0x150b7a02), "ERC-721");
        assertEq(account.onERC1155Received(stranger, stranger, 1, 1, ""), bytes4(0xf23a6e61), "ERC-1155");
        assertTrue(account.supportsInterface(0x4e2312e0), "ERC-165");
    }

    /// behavior: the owner's operations go through either EntryPoint, signed over their hash.
    function test_ValidateUserOp() public {
        PackedUserOperation memory operation;
        operation.sender = address(account);
        bytes32 hash = keccak256("user operation");
        operation.signature = signSecp256k1(OWNER_KEY, hash);
        address[2] memory entryPoints = [ENTRY_POINT, 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108];
        for (uint256 i; i < 2; ++i) {
            vm.prank(entryPoints[i]);
            assertEq(account.validateUserOp(operation, hash, 0), 0, "owner");
        }
        operation.signature = signSecp256k1(SECOND_KEY, hash);
        vm.prank(ENTRY_POINT);
        assertEq(account.validateUserOp(operation, hash, 0), 1, "someone else");
        vm.deal(address(account), 1 ether);
        vm.prank(ENTRY_POINT);
        account.validateUserOp(operation, hash, 0.1 ether);
        assertEq(ENTRY_POINT.balance, 0.1 ether, "prefund");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Account.AccountUnauthorized.selector, stranger));
        account.validateUserOp(operation, hash, 0);
    }
}
