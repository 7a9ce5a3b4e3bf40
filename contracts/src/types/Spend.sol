// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that an intent must not spend too much of. Amounts in its smallest units.
/// @param named Sum that the calls of the intent name in `transfer`, `transferFrom`, `approve` and `increaseAllowance`.
/// @param left What the session may still spend now.
/// @param periodic Whether `left` is what is left of a period, rather than of the whole session.
struct Spend {
    address token;
    uint256 named;
    uint256 left;
    bool periodic;
}

/// @notice An allowance that a call of an intent sets or raises.
/// @param spend Number of the token among the spend limits.
struct Approval {
    uint256 spend;
    address spender;
    uint256 amount;
}

/// @dev Most allowances that one intent may set.
uint256 constant MAX_APPROVALS = 8;
/// @dev Gas for asking a token for a balance or an allowance.
uint256 constant READ_GAS = 50_000;
