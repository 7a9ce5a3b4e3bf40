// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Token} from "./Token.sol";

/// @notice A token that may lie, say nothing, change balances overnight, and tell others of transfers (as ERC-777 does).
contract HostileToken is Token {
    uint8 public constant RETURNS_FALSE = 1;
    uint8 public constant RETURNS_NOTHING = 2;
    /// @dev Balances are always a million, and nobody has allowances.
    uint8 public constant LIES = 3;

    uint8 private _how;
    /// @dev Balances are so many hundredths of what is kept.
    uint256 private _percent = 100;
    bool private _entered;
    address private _callee;
    bytes private _callback;
    /// Whether the last callback succeeded, and its return data.
    bool public called;
    bytes public answer;

    function setHow(uint8 how) external {
        _how = how;
    }

    function rebase(uint256 percent) external {
        _percent = percent;
    }

    /// @dev Called once within each transfer.
    function prepareCallback(address callee, bytes calldata callback) external {
        (_callee, _callback) = (callee, callback);
    }

    function balanceOf(address account) public view override returns (uint256) {
        return _how == LIES ? 1_000_000 : super.balanceOf(account) * _percent / 100;
    }

    function allowance(address owner, address spender) public view override returns (uint256) {
        return _how == LIES ? 0 : super.allowance(owner, spender);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_how == RETURNS_FALSE) return false;
        super.transfer(to, amount);
        if (_how == RETURNS_NOTHING) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_callee == address(0) || _entered) return;
        _entered = true;
        (called, answer) = _callee.call(_callback);
        _entered = false;
    }
}

/// @notice Takes what it was once allowed to take, when it is told of a transfer.
contract Thief {
    function take(IERC20 token, address from, uint256 amount) external {
        token.transferFrom(from, address(this), amount);
    }
}

/// @notice A token as old compilers made them: of an address it reads the lower 160 bits, whatever stands above.
contract MaskingToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    fallback() external {
        require(msg.sig == IERC20.approve.selector, "only approve");
        allowance[msg.sender][address(uint160(uint256(bytes32(msg.data[4:36]))))] = uint256(bytes32(msg.data[36:68]));
    }
}
