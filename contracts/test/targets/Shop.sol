// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice A game that takes tokens which it was allowed to take, and may give some back.
contract Shop {
    function buy(IERC20 token, uint256 price) external {
        token.transferFrom(msg.sender, address(this), price);
    }

    function refund(IERC20 token, uint256 amount) external {
        token.transfer(msg.sender, amount);
    }

    function buyAndRefund(IERC20 token, uint256 price, uint256 amount) external {
        token.transferFrom(msg.sender, address(this), price);
        token.transfer(msg.sender, amount);
    }

    function fail() external pure {
        revert("closed");
    }
}
