// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Module, MODULE_TYPE_EXECUTOR} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

import {ITermsCompiler} from "./interfaces/ITermsCompiler.sol";
import {IntentExecutor} from "./IntentExecutor.sol";
import {PolicyRegistry} from "./PolicyRegistry.sol";

/// @title SessionManager
/// @notice Singleton ERC-7579 executor module: sessions in which a key may make chosen calls of an account for a while.
/// @dev One contract in several files, each built on the one before: PolicyRegistry (what may be granted), SessionRegistry
/// (what is kept, and ending), SessionGrants (granting), IntentLimits, IntentSettlement and IntentExecutor (using), and
/// this one (being a module). What terms come to is decided by TermsCompiler. Immutable, without owner and proxy, at the
/// same address on every chain. Never holds value: no payable function, and the value of calls is the account's own.
///
/// Trusted: the account's ERC-1271 answer, for that account only. Not trusted: relayers, targets, policy owners and
/// revokers, other accounts.
///
/// Sharp edges: success means that the call did not revert, not that the target did what its name says. A selector is
/// four bytes, so a policy's author can find a harmless-looking signature with the selector of a harmful one of the same
/// contract; reading a policy means comparing it with the contract. Of accounts other than PlayerAccount, fallback modules
/// (type 3) and modules installed after the grant are not recognised as forbidden targets.
contract SessionManager is IntentExecutor, IERC7579Module {
    /// @param compiler Decides which terms can be granted. Deployed before, as one init code would be too long for both.
    constructor(ITermsCompiler compiler) PolicyRegistry(compiler) {}

    /// @notice Nothing to set up: an account's epoch outlives uninstalling, so no session comes back.
    function onInstall(bytes calldata) external {}

    /// @notice Ends every session of the calling account. Never reverts.
    /// @dev A PlayerAccount has moved on to its next epoch already.
    function onUninstall(bytes calldata) external {
        if (_isPlayerAccount(msg.sender)) emit EpochBumped(msg.sender, epochOf(msg.sender));
        else _bumpEpoch(msg.sender);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_EXECUTOR;
    }

    /// @notice Whether `account` has this module installed.
    function isInitialized(address account) external view returns (bool) {
        return _isInstalled(account, MODULE_TYPE_EXECUTOR, address(this), gasleft());
    }
}
