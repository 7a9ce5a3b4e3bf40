// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LibClone} from "solady/utils/LibClone.sol";

import {IPlayerAccount} from "./interfaces/IPlayerAccount.sol";
import {IPlayerAccountFactory} from "./interfaces/IPlayerAccountFactory.sol";
import {PlayerAccount} from "./PlayerAccount.sol";
import {Signer} from "./types/Signer.sol";

/// @title PlayerAccountFactory
/// @notice Clones the account implementation (ERC-1167) with the owner as immutable argument in the code, so that
/// creating an account writes no storage and nobody can initialise it differently. No event tells of it, which would cost
/// 4 % more: the account's code says whose it is.
contract PlayerAccountFactory is IPlayerAccountFactory {
    /// @inheritdoc IPlayerAccountFactory
    address public immutable IMPLEMENTATION;

    constructor(address sessionManager) {
        IMPLEMENTATION = address(new PlayerAccount(sessionManager));
    }

    /// @inheritdoc IPlayerAccountFactory
    function createAccount(bytes calldata owner) external returns (address account) {
        require(Signer.isUsable(owner), IPlayerAccount.InvalidSigner(owner));
        (, account) = LibClone.createDeterministicClone(IMPLEMENTATION, owner, bytes32(0));
    }

    /// @inheritdoc IPlayerAccountFactory
    function getAddress(bytes calldata owner) external view returns (address) {
        return LibClone.predictDeterministicAddress(IMPLEMENTATION, owner, bytes32(0), address(this));
    }
}
