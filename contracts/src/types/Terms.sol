// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One function of one contract that a session may call, and within which limits.
/// @param to Contract; never zero, the account, this module, its factory or a precompile.
/// @param signature Canonical function signature, for example `move(uint8)`.
/// @param maxCalls Calls over the whole session, 1 to 524,287 (19 bits).
/// @param maxValuePerCall Wei that one call may carry.
/// @param maxValue Wei over the whole session; 0 if and only if `maxValuePerCall` is 0.
/// @param period Seconds, 60 to 30 days, counted from `validAfter`; 0 for no further limits.
/// @param maxCallsPerPeriod Calls in each period, 1 to `maxCalls`; 0 if and only if `period` is 0.
/// @param maxValuePerPeriod Wei in each period, `maxValuePerCall` to `maxValue`; 0 if there is no period or no value.
/// @param rules At most 8 conditions on arguments, which all must hold, for example `arg0 <= 3`; see RuleText.
struct Permission {
    address to;
    string signature;
    uint32 maxCalls;
    uint112 maxValuePerCall;
    uint112 maxValue;
    uint32 period;
    uint32 maxCallsPerPeriod;
    uint112 maxValuePerPeriod;
    string[] rules;
}

/// @notice How much of an ERC-20 token a session may spend, through whatever function.
/// @param maxAmount Smallest units over the whole session, at least 1.
/// @param period Seconds, 60 to 30 days, counted from `validAfter`; 0 for no further limit.
/// @param maxAmountPerPeriod Smallest units in each period, 1 to `maxAmount`; 0 if and only if `period` is 0.
struct SpendLimit {
    address token;
    uint112 maxAmount;
    uint32 period;
    uint112 maxAmountPerPeriod;
}

/// @notice Everything that a session may do.
/// @param permissions 1 to 8, no two with the same contract and selector.
/// @param spendLimits At most 4, no two of the same token.
struct Terms {
    Permission[] permissions;
    SpendLimit[] spendLimits;
}
