// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice ERC-7579 account of a player, with ERC-7913 signers and a removable SessionManager.
interface IPlayerAccount {
    event SignerAdded(bytes signer);
    event SignerRemoved(bytes signer);

    /// @notice Not 20 to 256 bytes, an address that cannot sign, or a verifier without code.
    error InvalidSigner(bytes signer);
    error SignerAlreadyExists(bytes signer);
    error UnknownSigner(bytes signer);
    /// @notice An account always keeps one signer.
    error LastSigner(bytes signer);
    /// @notice The sessions of another epoch, or of before SessionManager was uninstalled.
    error StaleSession(uint32 epoch, uint32 sessionEpoch);
    /// @notice A session tried to call an installed module.
    error ModuleTarget(address target);

    function SESSION_MANAGER() external view returns (address);

    /// @notice Signer that the address of the account was derived from.
    function initialOwner() external view returns (bytes memory);

    /// @notice All signers; any single one of them controls the account.
    function getSigners() external view returns (bytes[] memory);

    function isSigner(bytes calldata signer) external view returns (bool);

    /// @notice Adds a signer. The account itself or the EntryPoint.
    function addSigner(bytes calldata signer) external;

    /// @notice Removes a signer, never the last one. The account itself or the EntryPoint.
    function removeSigner(bytes calldata signer) external;

    /// @notice Epoch that sessions must carry, and whether SessionManager is installed.
    function sessionEpoch() external view returns (uint32 epoch, bool installed);

    /// @notice Ends every session. SessionManager only.
    /// @return epoch The new epoch.
    function bumpSessionEpoch() external returns (uint32 epoch);

    /// @notice Makes the calls of a session, all or nothing. SessionManager only.
    /// @dev Named so that its selector is the lowest, hence the first that the code compares (a move costs 1 % less).
    /// After the selector: epoch 4 ‖ calls, each to 20 ‖ zero 8 ‖ hasValue 1 ‖ size 3 ‖ [value 32] ‖ data.
    function callForPlayer() external payable;
}
