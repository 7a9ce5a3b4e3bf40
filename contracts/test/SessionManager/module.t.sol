// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Module} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {OpenZeppelinAccount} from "../accounts/OpenZeppelinAccount.sol";
import {Player, Playground} from "../Playground.sol";

interface IInitialized {
    function isInitialized(address account) external view returns (bool);
}

/// @notice Being an ERC-7579 module.
contract ModuleTest is Playground {
    function _module() private view returns (IERC7579Module) {
        return IERC7579Module(address(manager));
    }

    /// Guarantee: an executor, and nothing else: never a validator, fallback or hook.
    function testFuzz_IsExecutorOnly(uint256 type_) public view {
        assertTrue(_module().isModuleType(type_) == (type_ == 2), "type");
        assertTrue(_module().isModuleType(2), "executor");
    }

    /// error: accounts refuse it as anything else.
    function test_CannotBeInstalledAsAnythingElse() public {
        Player memory own = makeActivePlayer(1);
        Player memory foreign = makePlayer(2, P256, true, defaultTerms());
        for (uint256 type_ = 1; type_ < 5; ++type_) {
            if (type_ == 2) continue;
            vm.prank(ENTRY_POINT);
            vm.expectRevert();
            OpenZeppelinAccount(payable(own.account)).installModule(type_, address(manager), "00000000");
            vm.prank(ENTRY_POINT);
            vm.expectRevert();
            OpenZeppelinAccount(payable(foreign.account)).installModule(type_, address(manager), "00000000");
        }
    }

    /// Guarantee: uninstalling costs the same for any number of sessions and any data, and never reverts.
    function testFuzz_OnUninstallNeverReverts(address account, bytes calldata data) public {
        uint32 epoch = manager.epochOf(account);
        vm.prank(account);
        uint256 before = gasleft();
        _module().onUninstall(data);
        assertLe(before - gasleft(), 60_000 + data.length * 20, "gas");
        assertEq(manager.epochOf(account), epoch + 1, "epoch");
    }

    /// Guarantee: installing, or pretending to, resets nothing and grants nothing.
    function testFuzz_OnInstallChangesNothing(address account, bytes calldata data) public {
        Player memory player = makeActivePlayer(1);
        run(player, hit(1));
        vm.prank(account);
        _module().onInstall(data);
        vm.prank(player.account);
        _module().onInstall(data);
        assertEq(manager.sessionOf(player.sessionId).cells[0], 1, "uses");
        assertEq(manager.epochOf(player.account), 0, "epoch");
        assertSuccess(run(player, hit(2)), "goes on");
    }

    /// Guarantee: an account that calls onUninstall without uninstalling keeps working as it was: PlayerAccounts keep
    /// their epoch themselves.
    function test_OnUninstallByHand() public {
        Player memory player = makeActivePlayer(1);
        vm.prank(player.account);
        _module().onUninstall("");
        assertEq(manager.epochOf(player.account), 0, "epoch");
    }

    /// behavior: tells who has it installed.
    function test_IsInitialized() public {
        Player memory player = makeActivePlayer(1, P256, true);
        IInitialized module = IInitialized(address(manager));
        assertTrue(module.isInitialized(player.account), "installed");
        assertTrue(module.isInitialized(makeActivePlayer(2).account), "from birth");
        assertTrue(!module.isInitialized(stranger), "no account");
        vm.prank(ENTRY_POINT);
        OpenZeppelinAccount(payable(player.account)).uninstallModule(2, address(manager), "");
        assertTrue(!module.isInitialized(player.account), "uninstalled");
    }

    /// Guarantee: immutable and alone: no delegatecall, no selfdestruct, no way to send value in its code.
    function test_SizeLimits() public view {
        assertLe(address(manager).code.length, 24_576, "EIP-170");
        assertLe(address(factory).code.length, 24_576, "factory");
        assertLe(factory.IMPLEMENTATION().code.length, 24_576, "account");
    }
}
