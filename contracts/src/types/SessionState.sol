// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The one storage word of a session. From the lowest bit:
/// status 2 (0 none, 1 active, 2 revoked) | fast 1 | early 1 | reserved 4 | validAfter 40 | duration 24 |
/// next sequence of lane 0, 32 | eight cells of 19 bits.
/// An entry of the table has one cell, the calls made through it; or, if it has a period, three: the calls, the number of
/// the last period with a call, and the calls in that period.
/// @dev Kept in one word because the two storage accesses of a session are a sixth of the cost of a move.
type SessionState is uint256;

using SessionStateLib for SessionState global;

library SessionStateLib {
    uint256 internal constant STATUS_NONE = 0;
    uint256 internal constant STATUS_ACTIVE = 1;
    uint256 internal constant STATUS_REVOKED = 2;

    /// @dev Flag: the account is a PlayerAccount.
    uint256 internal constant FAST = 4;
    /// @dev Flag: granted before its window began.
    uint256 internal constant EARLY = 8;

    uint256 internal constant VALID_AFTER_SHIFT = 8;
    uint256 internal constant DURATION_SHIFT = 48;
    uint256 internal constant SEQUENCE_SHIFT = 72;
    uint256 internal constant CELLS_SHIFT = 104;
    uint256 internal constant CELL_BITS = 19;
    uint256 internal constant CELL_MASK = 0x7ffff;
    uint256 internal constant CELLS = type(uint256).max << CELLS_SHIFT;
    /// @dev Longest time that a word can hold between `validAfter` and `validUntil`, reached by renewals only.
    uint256 internal constant MAX_TOTAL_DURATION = type(uint24).max;
    /// @dev Sequence and cells, which a renewal carries over.
    uint256 private constant USAGE_MASK = type(uint256).max << SEQUENCE_SHIFT;

    function status(SessionState self) internal pure returns (uint256) {
        return SessionState.unwrap(self) & 3;
    }

    /// @dev Whether the account is a PlayerAccount, which has a cheaper entry than ERC-7579's.
    function fast(SessionState self) internal pure returns (bool) {
        return SessionState.unwrap(self) & FAST != 0;
    }

    function early(SessionState self) internal pure returns (bool) {
        return SessionState.unwrap(self) & EARLY != 0;
    }

    function validAfter(SessionState self) internal pure returns (uint256) {
        return uint40(SessionState.unwrap(self) >> VALID_AFTER_SHIFT);
    }

    function validUntil(SessionState self) internal pure returns (uint256) {
        unchecked {
            return validAfter(self) + uint24(SessionState.unwrap(self) >> DURATION_SHIFT);
        }
    }

    /// @dev Next unused sequence of lane 0.
    function nextSequence(SessionState self) internal pure returns (uint256) {
        return uint32(SessionState.unwrap(self) >> SEQUENCE_SHIFT);
    }

    /// @dev Content of a cell.
    function cellAt(SessionState self, uint256 cell) internal pure returns (uint256) {
        unchecked {
            return (SessionState.unwrap(self) >> (CELLS_SHIFT + CELL_BITS * cell)) & CELL_MASK;
        }
    }

    /// @dev The same session with one more in a cell, which is not full.
    function countInCell(SessionState self, uint256 cell) internal pure returns (SessionState) {
        unchecked {
            return SessionState.wrap(SessionState.unwrap(self) + (1 << (CELLS_SHIFT + CELL_BITS * cell)));
        }
    }

    /// @dev The same session with another number, of at most 19 bits, in a cell.
    function setCell(SessionState self, uint256 cell, uint256 content) internal pure returns (SessionState) {
        unchecked {
            uint256 shift = CELLS_SHIFT + CELL_BITS * cell;
            return SessionState.wrap((SessionState.unwrap(self) & ~(CELL_MASK << shift)) | (content << shift));
        }
    }

    /// @dev The same session with a new window; sequence and cells are carried over.
    function activate(SessionState self, bool isFast, uint256 validAfter_, uint256 validUntil_)
        internal
        view
        returns (SessionState)
    {
        unchecked {
            return SessionState.wrap(
                (SessionState.unwrap(self) & USAGE_MASK) | STATUS_ACTIVE | (isFast ? FAST : 0)
                    | (block.timestamp < validAfter_ ? EARLY : 0) | (validAfter_ << VALID_AFTER_SHIFT)
                    | ((validUntil_ - validAfter_) << DURATION_SHIFT)
            );
        }
    }

    /// @dev The tombstone: everything is kept for the record, only the status changes.
    function revoke(SessionState self) internal pure returns (SessionState) {
        return SessionState.wrap((SessionState.unwrap(self) & ~uint256(3)) | STATUS_REVOKED);
    }
}
