// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Takes any call, with any value, as wrapped ether and many proxies do.
contract OpenHouse {
    bytes32 public dataHash;
    uint256 public value;
    uint256 public visits;

    fallback() external payable {
        (dataHash, value) = (keccak256(msg.data), msg.value);
        ++visits;
    }

    receive() external payable {
        ++visits;
    }
}
