// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Terms} from "./Terms.sol";

/// @notice Public key of a session.
/// @param scheme 1 = secp256k1, 2 = P-256 over `sha256(digest)` (what WebCrypto signs).
/// @param publicKey secp256k1: the 20-byte address; P-256: 64 bytes `x ‖ y`.
struct Key {
    uint8 scheme;
    bytes publicKey;
}

/// @notice What the owner signs (EIP-712), field by field, and nothing that is not enforced. Several at once are signed
/// as `Sessions(Session[] sessions,bytes32[] ended)`, which also ends the sessions with the ids in `ended`.
/// @param account ERC-7579 account that grants.
/// @param policyId Published policy; zero for a session without a policy.
/// @param key Session key.
/// @param validAfter Unix seconds, inclusive. Periods of limits are counted from here.
/// @param validUntil Unix seconds, exclusive; at most 30 days and at most the policy's maximum after `validAfter`, or, for
/// a renewal, after now.
/// @param epoch Session epoch of the account; bumped by `revokeAll` and by uninstalling.
/// @param grantDeadline Unix seconds, exclusive; the signature enables nothing from then on.
/// @param terms What the session may do: the policy's terms, or narrower ones.
struct Session {
    address account;
    bytes32 policyId;
    Key key;
    uint40 validAfter;
    uint40 validUntil;
    uint32 epoch;
    uint40 grantDeadline;
    Terms terms;
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
/// @dev Longest time between `validAfter` and `validUntil`, for policies and for new sessions.
uint256 constant MAX_DURATION = 30 days;
