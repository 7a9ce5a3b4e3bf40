// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {ERC7579Utils} from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {PlayerAccount} from "../../src/PlayerAccount.sol";
import {Call} from "../../src/types/Intent.sol";
import {Player} from "../Player.sol";
import {AnyModule} from "../targets/AnyModule.sol";
import {PlayerAccountTest} from "./PlayerAccountTest.sol";

contract ModulesTest is PlayerAccountTest {
    function _install(uint256 type_, address module, bytes memory data) private {
        vm.prank(ENTRY_POINT);
        account.installModule(type_, module, data);
    }

    function _uninstall(uint256 type_, address module, bytes memory data) private {
        vm.prank(ENTRY_POINT);
        account.uninstallModule(type_, module, data);
    }

    /// behavior: SessionManager is an executor from birth, can be removed, and put back.
    function test_SessionManagerIsRemovable() public {
        assertTrue(account.isModuleInstalled(2, address(manager), ""), "from birth");
        for (uint256 type_; type_ < 6; ++type_) {
            if (type_ != 2) assertTrue(!account.isModuleInstalled(type_, address(manager), "0000"), "other type");
        }
        _uninstall(2, address(manager), "");
        assertTrue(!account.isModuleInstalled(2, address(manager), ""), "removed");
        vm.prank(ENTRY_POINT);
        vm.expectRevert(abi.encodeWithSelector(ERC7579Utils.ERC7579UninstalledModule.selector, 2, address(manager)));
        account.uninstallModule(2, address(manager), "");
        _install(2, address(manager), "");
        assertTrue(account.isModuleInstalled(2, address(manager), ""), "back");
        vm.prank(ENTRY_POINT);
        vm.expectRevert(
            abi.encodeWithSelector(ERC7579Utils.ERC7579AlreadyInstalledModule.selector, 2, address(manager))
        );
        account.installModule(2, address(manager), "");
        assertEq(manager.epochOf(address(account)), 1, "each removal is an epoch");
    }

    /// Guarantee: while it is removed, SessionManager can do nothing, neither through its own entry nor as an executor.
    function test_RemovedMeansRemoved() public {
        _uninstall(2, address(manager), "");
        bytes memory call_ =
            abi.encodePacked(IPlayerAccount.callForPlayer.selector, uint32(1), target, uint96(36), hit(1));
        vm.prank(address(manager));
        (bool success,) = address(account).call(call_);
        assertTrue(!success, "own entry");
        vm.prank(address(manager));
        vm.expectRevert(abi.encodeWithSelector(ERC7579Utils.ERC7579UninstalledModule.selector, 2, address(manager)));
        account.executeFromExecutor(bytes32(0), abi.encodePacked(target, uint256(0), hit(1)));
        assertEq(target.visitCount(), 0, "no visit");
    }

    /// behavior: other modules are OpenZeppelin's business, and can come and go.
    function test_OtherModules() public {
        AnyModule module = new AnyModule();
        _install(1, address(module), "");
        _install(2, address(module), "");
        _install(3, address(module), abi.encodePacked(bytes4(0x12345678)));
        assertTrue(account.isModuleInstalled(1, address(module), ""), "validator");
        assertTrue(account.isModuleInstalled(2, address(module), ""), "executor");
        assertTrue(account.isModuleInstalled(3, address(module), abi.encodePacked(bytes4(0x12345678))), "fallback");
        _uninstall(1, address(module), "");
        _uninstall(2, address(module), "");
        _uninstall(3, address(module), abi.encodePacked(bytes4(0x12345678)));
        assertTrue(!account.isModuleInstalled(1, address(module), ""), "validator removed");
    }

    /// Guarantee: no session reaches a module of the account, of any type, as long as it is installed.
    function test_SessionsCannotCallModules() public {
        AnyModule module = new AnyModule();
        Player memory player = makeActivePlayer(
            1,
            termsOf(
                permissionOf(address(module), "onUninstall(bytes)", 10),
                permissionOf(address(target), "hit(uint256)", 10)
            )
        );
        account = PlayerAccount(payable(player.account));
        bytes[3] memory datas = [bytes(""), bytes(""), abi.encodePacked(bytes4(0x12345678))];
        bytes memory data = abi.encodeCall(AnyModule.onUninstall, (""));
        for (uint256 type_ = 1; type_ < 4; ++type_) {
            _install(type_, address(module), datas[type_ - 1]);
            Player memory current = player;
            assertFailure(
                run(current, makeIntent(current, calls1(_call(address(module), data)))),
                IPlayerAccount.ModuleTarget.selector,
                "installed"
            );
            assertSuccess(run(current, hit(type_)), "other targets");
            assertFailure(
                run(current, makeIntent(current, calls2(_call(address(target), hit(1)), _call(address(module), data)))),
                IPlayerAccount.ModuleTarget.selector,
                "second call"
            );
            _uninstall(type_, address(module), datas[type_ - 1]);
        }
        assertSuccess(run(player, makeIntent(player, calls1(_call(address(module), data)))), "no longer a module");
    }

    /// Guarantee: nobody but the account installs or removes.
    function testFuzz_OnlyTheAccount(address caller) public {
        if (caller == address(account) || caller == ENTRY_POINT) return;
        if (caller == 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108) return;
        vm.startPrank(caller);
        vm.expectRevert();
        account.installModule(2, caller, "");
        vm.expectRevert();
        account.uninstallModule(2, address(manager), "");
        vm.stopPrank();
    }

    /// Guarantee: a function that the account does not have is nobody's, unless its owner installs a module for it.
    function testFuzz_UnknownFunction(bytes3 number, bytes calldata args) public {
        // No function of the account starts like this.
        bytes4 selector = bytes4(bytes.concat(hex"aa", number));
        vm.prank(stranger);
        (bool success, bytes memory reason) = address(account).call(bytes.concat(selector, args));
        assertTrue(!success, "answered");
        bytes4 missing = AccountERC7579.ERC7579MissingFallbackHandler.selector;
        assertEq(reason, abi.encodeWithSelector(missing, selector), "reason");
    }

    function _call(address to, bytes memory data) private pure returns (Call memory) {
        return Call(to, 0, data);
    }
}
