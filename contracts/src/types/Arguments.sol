// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calldata} from "./Calldata.sol";

/// @notice The arguments of a call as a bundle carries them: without some of their leading zeros. From the lowest bit:
/// position in call data 64 | bytes given 16 | zeros left out 16.
type Arguments is uint256;

using ArgumentsLib for Arguments global;

library ArgumentsLib {
    using Calldata for uint256;

    /// @param head Starts with zeros left out 5 | entry 3 | bytes given 16.
    function wrap(uint256 position, uint256 head) internal pure returns (Arguments) {
        unchecked {
            return Arguments.wrap(position | (uint256(uint16(head >> 232)) << 64) | (head >> 251 << 80));
        }
    }

    /// @return Bytes of all arguments.
    function size(Arguments self) internal pure returns (uint256) {
        unchecked {
            return uint16(Arguments.unwrap(self) >> 64) + (Arguments.unwrap(self) >> 80);
        }
    }

    /// @dev The word at `offset`, which is a multiple of 32 and at least 32 bytes before the end.
    function wordAt(Arguments self, uint256 offset) internal pure returns (uint256) {
        unchecked {
            uint256 position = uint64(Arguments.unwrap(self));
            uint256 zeros = Arguments.unwrap(self) >> 80;
            return offset == 0 ? position.load() >> (8 * zeros) : (position + offset - zeros).load();
        }
    }
}
