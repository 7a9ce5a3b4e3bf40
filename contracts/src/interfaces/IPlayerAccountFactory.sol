// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Creates the one PlayerAccount of each owner, at an address known before.
interface IPlayerAccountFactory {
    function IMPLEMENTATION() external view returns (address);

    /// @notice Creates the account of `owner` unless it exists; anyone may.
    /// @param owner ERC-7913 signer: a wallet's 20-byte address, or verifier ‖ key.
    function createAccount(bytes calldata owner) external returns (address account);

    /// @notice Address of the account of `owner`, whether it exists or not.
    function getAddress(bytes calldata owner) external view returns (address account);
}
