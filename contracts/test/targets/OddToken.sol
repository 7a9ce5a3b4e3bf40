// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Token} from "./Token.sol";

/// @notice A token that takes a tenth more than it was told to from whoever sends it.
contract FeeToken is Token {
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(from, address(0), amount / 10);
    }
}

/// @notice A token whose answers can be spoilt.
contract OddToken is Token {
    uint8 public constant REVERTS = 1;
    uint8 public constant SHORT = 2;
    uint8 public constant ENDLESS = 3;
    uint8 public constant LONG = 4;
    /// @dev Answers truly, with nearly all the gas that it is given.
    uint8 public constant SLOW = 5;

    uint8 private _how;
    bool private _balances;
    bool private _allowances;

    /// @param balances Whether to spoil balances.
    /// @param allowances Whether to spoil allowances.
    function spoil(uint8 how, bool balances, bool allowances) external {
        (_how, _balances, _allowances) = (how, balances, allowances);
    }

    function balanceOf(address account) public view override returns (uint256) {
        if (_balances) _answer();
        return super.balanceOf(account);
    }

    function allowance(address owner, address spender) public view override returns (uint256) {
        if (_allowances) _answer();
        return super.allowance(owner, spender);
    }

    function _answer() private view {
        uint8 how = _how;
        assembly ("memory-safe") {
            switch how
            case 1 { revert(0, 0) }
            case 2 { return(0, 31) }
            case 3 { for {} 1 {} {} }
            case 4 {
                mstore(0, 1000000)
                return(0, 10000)
            }
            case 5 { for {} gt(gas(), 9000) {} {} }
        }
    }
}
