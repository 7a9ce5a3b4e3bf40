// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Session} from "../src/types/Session.sol";

/// @notice A player as their own client sees them.
/// @param foreign Whether the account is somebody else's ERC-7579 account.
/// @param table Of the session's terms.
/// @param policyTable Of the policy's terms, if the session has its own.
/// @param ownTerms Whether the session brings its terms, rather than having the policy's.
/// @param session `session.terms` are what the session may do, either way.
struct Player {
    uint256 ownerKey;
    address account;
    bool foreign;
    uint256 sessionKey;
    bytes table;
    bytes policyTable;
    bool ownTerms;
    bytes32 sessionId;
    Session session;
}

/// @notice A grant before it is encoded; parts that are empty are left out.
/// @param terms ABI-encoded.
/// @param batch As it travels: position ‖ count ‖ other hashes ‖ endedCount ‖ ended.
struct OwnerGrant {
    uint40 validAfter;
    uint40 validUntil;
    uint40 grantDeadline;
    bytes signature;
    bytes owner;
    bytes terms;
    bytes policyTable;
    bytes batch;
}

/// @notice One event about an intent.
struct Result {
    bytes32 sessionId;
    bool executed;
    bool success;
    /// Why it was rejected, or what the failed call reverted with.
    bytes4 reason;
    uint32 lane;
    uint32 sequence;
    uint256 counters;
}
