// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A module of every type, which does nothing.
contract AnyModule {
    function onInstall(bytes calldata) external {}
    function onUninstall(bytes calldata) external {}

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }
}
