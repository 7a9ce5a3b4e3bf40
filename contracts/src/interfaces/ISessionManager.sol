// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Intent} from "../types/Intent.sol";
import {Grant, Key, Session, SessionIdentity} from "../types/Session.sol";
import {IPolicyRegistry} from "./IPolicyRegistry.sol";

/// @notice Sessions of ERC-7579 accounts: granted by one signature of the owner, used by signatures of a session key,
/// carried by anyone.
interface ISessionManager is IPolicyRegistry {
    /// @notice What is stored of a session.
    /// @param status 0 none, 1 active (its window may be over), 2 revoked.
    /// @param fast Whether the account is a PlayerAccount.
    /// @param validAfter Unix seconds, inclusive.
    /// @param validUntil Unix seconds, exclusive.
    /// @param nextSequence Next unused sequence of lane 0.
    /// @param uses Successful calls through each entry of the table.
    struct SessionRecord {
        uint8 status;
        bool fast;
        uint40 validAfter;
        uint40 validUntil;
        uint32 nextSequence;
        uint32[8] uses;
    }

    // ── Events ────────────────────────────────────────────────────────────────

    /// @notice A session became active, or got a later window with the same id (use carried over).
    event SessionGranted(
        bytes32 indexed sessionId,
        address indexed account,
        bytes32 indexed policyId,
        Key key,
        uint32 epoch,
        uint40 validAfter,
        uint40 validUntil,
        bytes32 tableHash
    );
    /// @notice A grant in a bundle enabled nothing.
    /// @param reason ABI-encoded custom error.
    event GrantRejected(address indexed account, bytes32 indexed policyId, bytes reason);
    /// @notice An intent was executed: its sequence is used up, and its calls all happened or none did.
    /// @param outcome From the highest bit: lane 32 | sequence 32 | success 8 | revert selector of the failed call 32
    /// (0 if none) | the eight counters afterwards 152, in the order of the session's word.
    event IntentExecuted(bytes32 indexed sessionId, uint256 outcome);
    /// @notice An intent was refused; nothing was used up. Anyone can cause this event for any session.
    /// @param detail From the highest bit: lane 32 | sequence 32 | selector of the custom error 32 | zero.
    event IntentRejected(bytes32 indexed sessionId, uint256 detail);
    /// @notice A session ended for ever.
    /// @param by The account (its owner), a revoker, or this contract for the session key itself.
    event SessionRevoked(bytes32 indexed sessionId, address indexed account, address indexed by);
    /// @notice All sessions of earlier epochs of the account ended.
    event EpochBumped(address indexed account, uint32 epoch);

    // ── Errors: bundles ───────────────────────────────────────────────────────

    error EmptyBundle();
    error ReentrantExecution();
    /// @notice The bytes of the sections cannot be parsed.
    /// @param offset Position in `sections` of the part that is wrong.
    error MalformedBundle(uint256 offset);
    /// @notice The transaction brought too little gas for the intent at this position; nothing was used up.
    error InsufficientGas(uint256 intentIndex);
    /// @notice The transaction brought too little gas for the grant at this position.
    error InsufficientGrantGas(uint256 grantIndex);

    // ── Errors: grants ────────────────────────────────────────────────────────

    error InvalidWindow(uint256 validAfter, uint256 validUntil);
    error DurationTooLong(uint256 duration, uint256 max);
    error GrantExpired(uint256 grantDeadline, uint256 timestamp);
    error AccountNotDeployed(address account);
    error AccountMismatch(address account, address created);
    error ModuleNotInstalled(address account);
    error EpochMismatch(uint256 epoch, uint256 given);
    error InvalidOwnerSignature(address account);
    error PolicyTableMismatch(bytes32 tableHash, bytes32 given);
    /// @notice A session that is active already can only be granted a later end.
    error RenewalNotLater(uint256 validUntil, uint256 given);

    // ── Errors: intents ───────────────────────────────────────────────────────

    error UnknownSession(bytes32 sessionId);
    error RevokedSession(bytes32 sessionId);
    error SessionNotStarted(uint256 validAfter, uint256 timestamp);
    error SessionExpired(uint256 validUntil, uint256 timestamp);
    error IntentExpired(uint256 expiry, uint256 timestamp);
    error ExpiryTooFar(uint256 expiry, uint256 max);
    error CallGasTooHigh(uint256 callGas, uint256 max);
    error SequenceUsed(uint256 next, uint256 given);
    error SequenceAhead(uint256 next, uint256 given);
    error TargetHasNoCode(address target);
    error CallLimitReached(uint256 entry, uint256 maxCalls);
    error ValuePerCallExceeded(uint256 value, uint256 max);
    error ValueLimitReached(uint256 entry, uint256 maxValue);
    error InvalidKeySignature(bytes32 sessionId);

    // ── Bundles ───────────────────────────────────────────────────────────────

    /// @notice Enables grants, then executes intents; anyone may call. A grant or an intent that is refused or fails
    /// leaves an event and does not disturb the others.
    /// @param sections Zero or more times: policyId 32 ‖ entryCount 1 ‖ table ‖ intentCount 2 ‖ intents.
    /// intent = account 20 ‖ scheme 1 ‖ epoch 4 ‖ publicKey (P-256 64, secp256k1 20) ‖ lane 4 ‖ sequence 4 ‖ expiry 5 ‖
    /// callGas 4 ‖ signature 64 ‖ callCount 1 ‖ calls;
    /// call = entryIndex 1 ‖ argsLength 2 ‖ [value 16, if the entry carries value] ‖ args (after the selector).
    function execute(Grant[] calldata grants, bytes calldata sections) external;

    /// @notice Enables one grant; only for this contract itself, as a frame that may fail.
    function enableGrant(Grant calldata grant, address submitter) external;

    // ── Revocation: immediate, terminal, idempotent; works before a session was ever enabled ──

    /// @notice By the account, or by the owner or a revoker of the session's policy.
    function revoke(SessionIdentity calldata identity) external;

    /// @notice By the account's signature over `Revocation(account, sessionId)`, relayed by anyone.
    /// @param owner As in a grant: creates the account first if it has no code; else empty.
    function revokeByOwner(SessionIdentity calldata identity, bytes calldata owner, bytes calldata signature) external;

    /// @notice By the session key's signature over `Revocation(account, sessionId)`, relayed by anyone.
    function revokeByKey(SessionIdentity calldata identity, bytes calldata signature) external;

    /// @notice Ends every session of the calling account.
    function revokeAll() external;

    // ── Views ─────────────────────────────────────────────────────────────────

    function FACTORY() external view returns (address);
    function ACCOUNT_IMPLEMENTATION() external view returns (address);

    function sessionOf(bytes32 sessionId) external view returns (SessionRecord memory);
    /// @notice Next unused sequence of the lane.
    function laneSequenceOf(bytes32 sessionId, uint32 lane) external view returns (uint32);
    /// @notice Wei sent through the entry of the table.
    function valueSpentOf(bytes32 sessionId, uint256 entry) external view returns (uint256);
    /// @notice Session epoch of any account, deployed or not.
    function epochOf(address account) external view returns (uint32);
    function sessionIdOf(SessionIdentity calldata identity) external pure returns (bytes32);

    /// @notice EIP-712 digest that the owner signs. Empty `permissions` stand for the policy's.
    function hashSession(Session calldata session) external view returns (bytes32);
    /// @notice EIP-712 digest that the session key signs (P-256 keys sign its sha256).
    function hashIntent(Intent calldata intent) external view returns (bytes32);
    /// @notice EIP-712 digest of a revocation.
    function hashRevocation(address account, bytes32 sessionId) external view returns (bytes32);
}
