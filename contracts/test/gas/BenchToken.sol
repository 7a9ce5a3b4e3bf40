// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice An ERC-20 token with a second name for `transfer`, which sessions may call without a spend limit: what a spend
/// limit costs is the difference between the two.
contract BenchToken is ERC20 {
    constructor() ERC20("Bench", "BENCH") {}

    function mint(address[] calldata accounts, uint256 amount) external {
        for (uint256 i; i < accounts.length; ++i) {
            _mint(accounts[i], amount);
        }
    }

    function pay(address to, uint256 amount) external returns (bool) {
        return transfer(to, amount);
    }
}
