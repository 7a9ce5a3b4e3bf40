// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Keeps how much gas it was called with.
contract GasProbe {
    uint256[] private _seen;

    function probe() external {
        _seen.push(gasleft());
    }

    function seen() external view returns (uint256[] memory) {
        return _seen;
    }
}
