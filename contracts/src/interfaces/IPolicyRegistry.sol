// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "./ITermsCompiler.sol";

/// @notice Policies of studios: immutable terms that sessions may be granted from, with a kill switch.
/// A policy grants nothing by itself, and nobody named in it can grant, extend or execute.
interface IPolicyRegistry {
    /// @notice A policy was published.
    event PolicyPublished(
        bytes32 indexed policyId,
        address indexed owner,
        bytes32 documentHash,
        bytes32 termsHash,
        bytes32 tableHash,
        uint24 maxDuration,
        address[] revokers
    );
    /// @notice Every session of the policy stopped executing.
    event PolicyPaused(bytes32 indexed policyId, address indexed by);
    /// @notice Sessions of the policy execute again from `pausedUntil` on.
    event PolicyUnpaused(bytes32 indexed policyId, uint40 pausedUntil);

    error PolicyAlreadyPublished(bytes32 policyId);
    error UnknownPolicy(bytes32 policyId);
    /// @notice The policy is paused; `pausedUntil` is the largest uint40 while nobody has unpaused it.
    error PolicyIsPaused(bytes32 policyId, uint40 pausedUntil);
    error InvalidPolicyOwner(address owner);
    error InvalidMaxDuration(uint256 maxDuration, uint256 max);
    error TooManyRevokers(uint256 count, uint256 max);
    error InvalidRevoker(uint256 index);
    /// @notice The owner of the policy did not sign that its present pause shall end.
    error InvalidUnpauseSignature(bytes32 policyId);
    /// @notice The caller has no authority over this.
    error NotAuthorized(address caller);

    /// @notice Seconds between unpausing and the first execution.
    function UNPAUSE_DELAY() external view returns (uint40);

    /// @notice Publishes a policy. Anyone may relay it: the id commits to every argument.
    /// @param owner May pause, unpause and revoke; never zero.
    /// @param revokers May pause and revoke, at most 16, none zero.
    /// @param maxDuration Seconds, 1 to 30 days; the longest window of a session.
    /// @param documentHash Hash of the canonical document that describes the policy off chain.
    /// @param terms ABI-encoded Terms: the most that a session of the policy may do. See ITermsCompiler for what is refused.
    function publish(
        address owner,
        address[] calldata revokers,
        uint24 maxDuration,
        bytes32 documentHash,
        bytes calldata terms
    ) external returns (bytes32 policyId);

    /// @notice Stops every session of the policy at once, until the owner unpauses it. Owner or revoker. In a bundle whose
    /// own calls pause it, from the next section on.
    function pause(bytes32 policyId) external;

    /// @notice Lets sessions execute again, `UNPAUSE_DELAY` from now. Owner only.
    function unpause(bytes32 policyId) external;

    /// @notice The same by the owner's signature over `Unpause(bytes32 policyId,uint32 pauseNumber)` (EIP-712, or
    /// ERC-1271), which anyone may relay. It lifts the present pause only, never a later one.
    function unpauseBySignature(bytes32 policyId, bytes calldata signature) external;

    /// @notice How often the policy has been paused; the number of its present pause.
    function pauseNumberOf(bytes32 policyId) external view returns (uint32);

    /// @notice What is kept of a policy; `owner` is zero if it was never published.
    /// It is paused while `block.timestamp` is below `pausedUntil` (unix seconds, exclusive).
    function policyOf(bytes32 policyId)
        external
        view
        returns (address owner, uint24 maxDuration, uint40 pausedUntil, bytes32 termsHash, bytes32 tableHash);

    /// @notice Whether `revoker` may pause the policy and revoke its sessions; true for its owner.
    function isRevoker(bytes32 policyId, address revoker) external view returns (bool);

    /// @notice What checks and packs terms, exactly as publishing and granting do.
    function TERMS_COMPILER() external view returns (ITermsCompiler);
}
