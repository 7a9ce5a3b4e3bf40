// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Takes any call, with any value, and keeps in order who called, with how much value and with which bytes.
contract Recorder {
    /// @dev Hash of the call and of all before it. It is the first slot of the storage: every function is a call to keep.
    bytes32 private _chain;

    fallback() external payable {
        _chain = keccak256(abi.encode(_chain, msg.sender, msg.value, msg.data));
    }
}
