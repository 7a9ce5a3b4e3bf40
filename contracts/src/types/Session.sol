// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Public key of a session.
/// @param scheme 1 = secp256k1, 2 = P-256 over `sha256(digest)` (what WebCrypto signs).
/// @param publicKey secp256k1: the 20-byte address; P-256: 64 bytes `x ‖ y`.
struct Key {
    uint8 scheme;
    bytes publicKey;
}

/// @notice One function of one contract that a session may call.
/// @param to Contract; never zero, the account, this module, its factory or a precompile.
/// @param signature Canonical function signature, for example `move(uint8)`.
/// @param maxCalls Calls over the whole session, 1 to 524,287 (19 bits).
/// @param maxValuePerCall Wei that one call may carry.
/// @param maxValue Wei over the whole session; 0 if and only if `maxValuePerCall` is 0.
struct Permission {
    address to;
    string signature;
    uint32 maxCalls;
    uint128 maxValuePerCall;
    uint128 maxValue;
}

/// @notice What the owner signs (EIP-712), field by field, and nothing that is not enforced.
/// @param account ERC-7579 account that grants.
/// @param policyId Published policy; zero for a session without a policy.
/// @param key Session key.
/// @param validAfter Unix seconds, inclusive.
/// @param validUntil Unix seconds, exclusive; at most 30 days and at most the policy's maximum after `validAfter`.
/// @param epoch Session epoch of the account; bumped by `revokeAll` and by uninstalling.
/// @param grantDeadline Unix seconds, exclusive; the signature enables nothing from then on.
/// @param permissions 1 to 8, no two with the same contract and selector.
struct Session {
    address account;
    bytes32 policyId;
    Key key;
    uint40 validAfter;
    uint40 validUntil;
    uint32 epoch;
    uint40 grantDeadline;
    Permission[] permissions;
}

/// @notice A session with the owner's consent, as a relayer submits it.
/// @param session What was signed. `permissions` may be left empty on the wire when they are exactly the
/// policy's: their hash then comes from the registry, and the signature still covers each of them.
/// @param policyTable The policy's table. Given when `policyId` is not zero and either `permissions` are given (they
/// must then be within it: fewer calls, less value, fewer functions) or the account is not a PlayerAccount (each
/// contract in it is then checked against the account's modules); else empty.
/// @param owner ERC-7913 signer from which the factory creates `account` when it has no code; else empty.
/// @param signature ERC-1271 signature of `account`; empty when `msg.sender` is `account`.
struct Grant {
    Session session;
    bytes policyTable;
    bytes owner;
    bytes signature;
}

/// @notice The preimage of a session id.
struct SessionIdentity {
    address account;
    bytes32 policyId;
    bytes32 tableHash;
    uint32 epoch;
    Key key;
}

/// @dev Session keys: secp256k1, by address.
uint8 constant SCHEME_SECP256K1 = 1;
/// @dev Session keys: P-256, by coordinates.
uint8 constant SCHEME_P256 = 2;
/// @dev Longest time between `validAfter` and `validUntil`, for policies and for sessions.
uint256 constant MAX_DURATION = 30 days;
