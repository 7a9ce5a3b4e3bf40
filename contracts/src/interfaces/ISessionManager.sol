// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Intent} from "../types/Intent.sol";
import {Session, SessionIdentity} from "../types/Session.sol";
import {Approval, Spend} from "../types/Spend.sol";
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
    /// @param cells Successful calls through each entry of the table, in one cell; or, for an entry with a period, in
    /// three: the calls, the number of the last period with a call, and the calls in that period.
    struct SessionRecord {
        uint8 status;
        bool fast;
        uint40 validAfter;
        uint40 validUntil;
        uint32 nextSequence;
        uint32[8] cells;
    }

    // ── Events ────────────────────────────────────────────────────────────────

    /// @notice A session became active, or got a later end with the same id (use carried over).
    /// @param detail From the lowest bit: validAfter 40 | validUntil 40 | epoch 32 | scheme 8.
    /// @param x First coordinate of a P-256 key, or the address of a secp256k1 key.
    /// @param y Second coordinate of a P-256 key, or zero.
    event SessionGranted(
        bytes32 indexed sessionId,
        address indexed account,
        bytes32 indexed policyId,
        uint256 detail,
        bytes32 tableHash,
        bytes32 x,
        bytes32 y
    );
    /// @notice A grant in a bundle enabled nothing. Anyone can cause this event for any session.
    /// @param reason Selector of the custom error.
    event GrantRejected(bytes32 indexed sessionId, bytes4 reason);
    /// @notice An intent was executed: its sequence is used up, and its calls all happened or none did.
    /// @param outcome From the highest bit: lane 32 | sequence 32 | success 8 | revert selector of the failed call 32
    /// (0 if none) | the eight cells afterwards 152, in the order of the session's word.
    /// @dev Anonymous, as the topic that names an event would be 1 % of a move: its only topic is the session's id, and no
    /// other log of this contract has a single topic.
    event IntentExecuted(bytes32 indexed sessionId, uint256 outcome) anonymous;
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
    /// @notice The transaction brought too little gas for the item; nothing was used up.
    /// @param offset Position of the item in `sections`.
    error InsufficientGas(uint256 offset);

    // ── Errors: grants ────────────────────────────────────────────────────────

    error InvalidWindow(uint256 validAfter, uint256 validUntil);
    error DurationTooLong(uint256 duration, uint256 max);
    error GrantExpired(uint256 grantDeadline, uint256 timestamp);
    error AccountNotDeployed(address account);
    error AccountMismatch(address account, address created);
    error ModuleNotInstalled(address account);
    error EpochMismatch(uint256 epoch, uint256 given);
    error InvalidOwnerSignature(address account);
    /// @notice The table of the section is not what the terms of the session come to.
    error TableMismatch(bytes32 tableHash, bytes32 given);
    /// @notice A session without a policy must bring its own terms.
    error TermsMissing(bytes32 sessionId);
    /// @notice The terms cannot be decoded, or are too long to be checked.
    error TermsNotCompiled(bytes32 sessionId);
    /// @notice The session is none of those that were signed together.
    error NotInBatch(bytes32 sessionId);
    /// @notice A session that is active already can only be granted a later end.
    error RenewalNotLater(uint256 validUntil, uint256 given);
    /// @notice Renewing does not move the start, from which periods are counted.
    error RenewalMismatch(uint256 validAfter, uint256 given);

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
    error CallPeriodLimitReached(uint256 entry, uint256 maxCallsPerPeriod);
    error ValuePerCallExceeded(uint256 value, uint256 max);
    error ValueLimitReached(uint256 entry, uint256 maxValue);
    error ValuePeriodLimitReached(uint256 entry, uint256 maxValuePerPeriod);
    /// @notice The call data ends before an argument that a rule or a spend limit reads.
    error ArgumentsTooShort(uint256 size, uint256 needed);
    error ArgumentNotAllowed(uint256 entry, uint256 rule);
    error ArgumentSumReached(uint256 entry, uint256 rule);
    error ArgumentPeriodSumReached(uint256 entry, uint256 rule);
    error SpendLimitReached(address token);
    error SpendPeriodLimitReached(address token);
    /// @notice The token does not tell balances or allowances, so that spending it cannot be limited.
    error SpendNotMeasurable(address token);
    error TooManyApprovals(uint256 max);
    error InvalidKeySignature(bytes32 sessionId);

    // ── Bundles ───────────────────────────────────────────────────────────────

    /// @notice Enables sessions and executes intents, in order; anyone may call. What is refused or fails leaves an event
    /// and does not disturb the rest.
    /// @param sections One or more times: policyId 32 ‖ table (see PermissionTable) ‖ itemCount 2 ‖ items.
    /// item = account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey (P-256 64, secp256k1 20) ‖ [grant] ‖ [intent];
    /// kind = scheme of the key | 0x80 there is a grant | 0x40 there is no intent | 0x20 the intent has a lane other than 0 |
    /// 0x04 its expiry and gas are those of the intent before.
    /// grant = validAfter 5 ‖ validUntil 5 ‖ grantDeadline 5 ‖ parts 1 ‖ signatureLength 2 ‖ signature ‖ parts; see Grant.
    /// intent = [lane 4] ‖ sequence 4 ‖ furtherCalls 1 (low five bits) ‖ [expiry 5 ‖ callGas 4] ‖ signature 64 ‖ calls;
    /// call = zeros 5 bits, entry 3 bits ‖ length 2 ‖ [value 16, if the entry carries value] ‖ the arguments, behind the
    /// selector, without their first `zeros` bytes, which are zero.
    function execute(bytes calldata sections) external;

    /// @notice Makes the calls of an account and measures what they take of its tokens; only for this contract itself,
    /// as a frame that may fail.
    /// @param execution Call data for `account`.
    /// @param callGas Gas for it.
    /// @return charges Smallest units that count against each spend limit.
    function callMeasured(
        address account,
        uint256 callGas,
        bytes calldata execution,
        Spend[] calldata spends,
        Approval[] calldata approvals
    ) external returns (uint256[] memory charges);

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
    /// @notice What one limit on an amount has let through; `index` is the meter's number in the table.
    /// @return total Over the whole session.
    /// @return period Number of the last period with use.
    /// @return used In that period.
    function meterOf(bytes32 sessionId, uint256 index)
        external
        view
        returns (uint256 total, uint256 period, uint256 used);
    /// @notice Session epoch of any account, deployed or not.
    function epochOf(address account) external view returns (uint32);
    function sessionIdOf(SessionIdentity calldata identity) external pure returns (bytes32);

    /// @notice EIP-712 digest that the owner signs.
    /// @param termsHash Struct hash of the terms, from the policy or from TermsCompiler; `session.terms` are not read.
    function hashSession(Session calldata session, bytes32 termsHash) external view returns (bytes32);
    /// @notice EIP-712 digest over several sessions, and ids of sessions that end, at once.
    function hashSessions(Session[] calldata sessions, bytes32[] calldata termsHashes, bytes32[] calldata ended)
        external
        view
        returns (bytes32);
    /// @notice EIP-712 digest that the session key signs (P-256 keys sign its sha256).
    function hashIntent(Intent calldata intent) external view returns (bytes32);
    /// @notice EIP-712 digest of a revocation.
    function hashRevocation(address account, bytes32 sessionId) external view returns (bytes32);
}
