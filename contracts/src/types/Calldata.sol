// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Call data by absolute position; zero beyond its end.
library Calldata {
    /// @dev 32 bytes at `position`.
    function load(uint256 position) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }

    /// @dev Big-endian number of `size` bytes, at most 32.
    function loadNumber(uint256 position, uint256 size) internal pure returns (uint256) {
        unchecked {
            return load(position) >> (256 - 8 * size);
        }
    }

    function slice(uint256 position, uint256 size) internal pure returns (bytes calldata bytes_) {
        assembly ("memory-safe") {
            bytes_.offset := position
            bytes_.length := size
        }
    }
}
