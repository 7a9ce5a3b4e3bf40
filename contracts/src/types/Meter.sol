// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice How much of one limit on an amount (value, spent tokens, sum of an argument) a session has used. From the lowest
/// bit: total 112 | number of the last period with use 32 | used in that period 112.
type Meter is uint256;

using MeterLib for Meter global;

library MeterLib {
    /// @dev Over the whole session.
    function total(Meter self) internal pure returns (uint256) {
        return uint112(Meter.unwrap(self));
    }

    /// @dev In the period with the number `period`, which is not before the last one with use.
    function usedIn(Meter self, uint256 period) internal pure returns (uint256) {
        return lastPeriod(self) == period ? Meter.unwrap(self) >> 144 : 0;
    }

    function lastPeriod(Meter self) internal pure returns (uint256) {
        return uint32(Meter.unwrap(self) >> 112);
    }

    function pack(uint256 total_, uint256 period, uint256 used) internal pure returns (Meter) {
        return Meter.wrap(total_ | (period << 112) | (used << 144));
    }
}
