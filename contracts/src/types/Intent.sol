// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice One call of an intent, as it is signed.
struct Call {
    address to;
    uint256 value;
    bytes data;
}

/// @notice What the session key signs (EIP-712).
/// @param lane Nonce lane; lane 0 lives in the session's own slot.
/// @param sequence Next unused number of the lane, counted from 0.
/// @param calls 1 to 32, executed all or nothing.
/// @param expiry Unix seconds, exclusive, at most 15 minutes ahead.
/// @param callGas Gas that the account's execution may use, at most 8,000,000.
struct Intent {
    address account;
    bytes32 sessionId;
    uint32 lane;
    uint32 sequence;
    Call[] calls;
    uint40 expiry;
    uint32 callGas;
}

/// @dev Most gas that one intent may ask for.
uint256 constant MAX_CALL_GAS = 8_000_000;
/// @dev Furthest that an intent may expire in the future.
uint256 constant MAX_INTENT_LIFETIME = 15 minutes;
