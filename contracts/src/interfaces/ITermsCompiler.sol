// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "../types/Terms.sol";

/// @notice Turns terms as they are signed, readable, into the compact table that bundles carry and sessions commit to.
/// Stateless. What it refuses can never be granted.
interface ITermsCompiler {
    error InvalidPermissionCount(uint256 count, uint256 max);
    error InvalidCallLimit(uint256 index, uint256 maxCalls, uint256 max);
    error InvalidValueLimit(uint256 index, uint256 maxValuePerCall, uint256 maxValue);
    /// @notice The period, or a limit per period, of a permission.
    error InvalidPeriod(uint256 index, uint256 period);
    error DuplicatePermission(uint256 index);
    /// @notice The contract can never be the target of a session.
    error ForbiddenTarget(address target);
    /// @notice No limit could bound what this function gives away.
    error UnboundedFunction(uint256 index);
    /// @notice A function that moves or approves tokens needs a spend limit for its contract.
    error SpendLimitMissing(uint256 index);
    /// @notice Not a rule, or one that could never hold.
    error InvalidRule(uint256 index, uint256 rule);
    /// @notice The rule names a word that is not a static argument, or a condition that its type does not have.
    error UnsupportedRule(uint256 index, uint256 rule);
    error TooManyRules(uint256 index, uint256 count, uint256 max);
    error TooManySpendLimits(uint256 count, uint256 max);
    error InvalidSpendLimit(uint256 index);
    /// @notice A permission takes one counter, with a period three.
    error TooManyCounters(uint256 count, uint256 max);
    /// @notice Value, each sum and each spend limit take one meter.
    error TooManyMeters(uint256 count, uint256 max);
    error PermissionOutsidePolicy(uint256 index);
    /// @param index In the policy's spend limits.
    error SpendLimitOutsidePolicy(uint256 index);

    /// @notice Checks `terms` and reduces them.
    /// @return table Packed; its hash goes into session ids.
    /// @return termsHash EIP-712 struct hash of `terms`.
    function compile(Terms calldata terms) external view returns (bytes memory table, bytes32 termsHash);

    /// @notice Reverts unless all that `table` allows is allowed by `policyTable`. Both must come from `compile`.
    function requireWithin(bytes calldata table, bytes calldata policyTable) external pure;
}
