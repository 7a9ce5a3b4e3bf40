// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The one storage word of a session. From the lowest bit:
/// status 2 (0 none, 1 active, 2 revoked) | fast 1 | reserved 5 | validUntil 40 | duration 24 |
/// next sequence of lane 0, 32 | eight counters of 19 bits, the calls made through each entry of the table.
/// @dev Kept in one word because the two storage accesses of a session are a sixth of the cost of a move.
type SessionState is uint256;

using SessionStateLib for SessionState global;

library SessionStateLib {
    uint256 internal constant STATUS_NONE = 0;
    uint256 internal constant STATUS_ACTIVE = 1;
    uint256 internal constant STATUS_REVOKED = 2;

    /// @dev Flag: the account is a PlayerAccount.
    uint256 internal constant FAST = 4;

    uint256 internal constant SEQUENCE_SHIFT = 72;
    uint256 internal constant COUNTERS_SHIFT = 104;
    uint256 internal constant COUNTER_BITS = 19;
    uint256 internal constant COUNTER_MASK = 0x7ffff;
    /// @dev Sequence and counters, which a renewal carries over.
    uint256 private constant USAGE_MASK = type(uint256).max << SEQUENCE_SHIFT;

    function status(SessionState self) internal pure returns (uint256) {
        return SessionState.unwrap(self) & 3;
    }

    /// @dev Whether the account is a PlayerAccount, which has a cheaper entry than ERC-7579's.
    function fast(SessionState self) internal pure returns (bool) {
        return SessionState.unwrap(self) & FAST != 0;
    }

    function validUntil(SessionState self) internal pure returns (uint256) {
        return uint40(SessionState.unwrap(self) >> 8);
    }

    function validAfter(SessionState self) internal pure returns (uint256) {
        unchecked {
            return validUntil(self) - uint24(SessionState.unwrap(self) >> 48);
        }
    }

    /// @dev Next unused sequence of lane 0.
    function nextSequence(SessionState self) internal pure returns (uint256) {
        return uint32(SessionState.unwrap(self) >> SEQUENCE_SHIFT);
    }

    /// @dev Calls made through `entry`.
    function uses(SessionState self, uint256 entry) internal pure returns (uint256) {
        unchecked {
            return (SessionState.unwrap(self) >> (COUNTERS_SHIFT + COUNTER_BITS * entry)) & COUNTER_MASK;
        }
    }

    /// @dev One more call through `entry`, which must be below its limit.
    function countCall(SessionState self, uint256 entry) internal pure returns (SessionState) {
        unchecked {
            return SessionState.wrap(SessionState.unwrap(self) + (1 << (COUNTERS_SHIFT + COUNTER_BITS * entry)));
        }
    }

    /// @dev The same session with a new window; sequence and counters are carried over.
    function activate(SessionState self, bool isFast, uint256 validAfter_, uint256 validUntil_)
        internal
        pure
        returns (SessionState)
    {
        unchecked {
            return SessionState.wrap(
                (SessionState.unwrap(self) & USAGE_MASK) | STATUS_ACTIVE | (isFast ? FAST : 0) | (validUntil_ << 8)
                    | ((validUntil_ - validAfter_) << 48)
            );
        }
    }

    /// @dev The tombstone: everything is kept for the record, only the status changes.
    function revoke(SessionState self) internal pure returns (SessionState) {
        return SessionState.wrap((SessionState.unwrap(self) & ~uint256(3)) | STATUS_REVOKED);
    }
}
