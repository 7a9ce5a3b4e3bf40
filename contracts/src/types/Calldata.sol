// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Call data by absolute position.
library Calldata {
    /// @dev 32 bytes at `position`; zero beyond the end of the call data.
    function load(uint256 position) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }
}
