// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

import {IPlayerAccount} from "../interfaces/IPlayerAccount.sol";

/// @notice The call that makes an account execute an intent. The mode is always ours: single or batch, reverting as a
/// whole; never delegatecall, never try.
/// @dev It is written in the form of PlayerAccount, see `callForPlayer`, while the calls are being read, and rewritten for
/// other accounts. They have two forms: `executeFromExecutor(0, to ‖ value ‖ data)` for one call, and
/// `executeFromExecutor(0x01…, abi.encode(Execution[]))` for several.
library AccountCall {
    /// @dev Flag in the head of a call to a PlayerAccount: the value follows.
    uint256 internal constant VALUE_FLAG = 1 << 24;
    uint256 private constant SIZE_MASK = 0xffffff;
    /// @dev Bytes before the first call: selector and epoch.
    uint256 private constant CALLS = 8;
    /// @dev Bytes before the execution data: selector, mode, offset and length.
    uint256 private constant EXECUTION = 0x64;
    uint256 private constant BATCH_MODE = 1 << 248;

    /// @dev Writes what is the same in all calls to PlayerAccounts.
    function open(uint256 payload) internal pure {
        bytes4 selector = IPlayerAccount.callForPlayer.selector;
        assembly ("memory-safe") {
            mstore(payload, selector)
        }
    }

    /// @dev Rewrites a payload for an account that is not a PlayerAccount. Afterwards `open` has to write it anew.
    /// @param payload Where it starts; 0x80 bytes in front of it are free.
    /// @param end Where it ends; everything behind it is free.
    /// @param count Number of calls.
    function rewrite(uint256 payload, uint256 end, uint256 count)
        internal
        pure
        returns (uint256 start, uint256 newEnd)
    {
        unchecked {
            return count == 1 ? _rewriteOne(payload + CALLS, end) : _rewriteMany(payload + CALLS, end, count);
        }
    }

    /// @dev The data stays where it is; the head grows to the front.
    function _rewriteOne(uint256 cursor, uint256 end) private pure returns (uint256 start, uint256 newEnd) {
        bytes4 selector = IERC7579Execution.executeFromExecutor.selector;
        assembly ("memory-safe") {
            let head := mload(cursor)
            let data := add(cursor, 32)
            let value := 0
            if and(head, VALUE_FLAG) {
                value := mload(data)
                data := add(data, 32)
            }
            let size := add(and(head, SIZE_MASK), 52)
            start := sub(data, add(EXECUTION, 52))
            mstore(sub(data, 32), value)
            mstore(sub(data, 52), or(shl(96, shr(96, head)), shr(160, value)))
            mstore(start, selector)
            mstore(add(start, 0x04), 0)
            mstore(add(start, 0x24), 0x40)
            mstore(add(start, 0x44), size)
            // The padding behind the data.
            mstore(end, 0)
            newEnd := add(add(start, EXECUTION), and(add(size, 31), not(31)))
        }
    }

    function _rewriteMany(uint256 cursor, uint256 end, uint256 count)
        private
        pure
        returns (uint256 start, uint256 newEnd)
    {
        bytes4 selector = IERC7579Execution.executeFromExecutor.selector;
        assembly ("memory-safe") {
            start := end
            mstore(start, selector)
            mstore(add(start, 0x04), BATCH_MODE)
            mstore(add(start, 0x24), 0x40)
            let execution := add(start, EXECUTION)
            mstore(execution, 0x20)
            mstore(add(execution, 0x20), count)
            let offsets := add(execution, 0x40)
            newEnd := add(offsets, shl(5, count))
            for { let offset := offsets } lt(cursor, end) { offset := add(offset, 0x20) } {
                let head := mload(cursor)
                let size := and(head, SIZE_MASK)
                cursor := add(cursor, 32)
                let value := 0
                if and(head, VALUE_FLAG) {
                    value := mload(cursor)
                    cursor := add(cursor, 32)
                }
                mstore(offset, sub(newEnd, offsets))
                mstore(newEnd, shr(96, head))
                mstore(add(newEnd, 0x20), value)
                mstore(add(newEnd, 0x40), 0x60)
                mstore(add(newEnd, 0x60), size)
                let data := add(newEnd, 0x80)
                mcopy(data, cursor, size)
                mstore(add(data, size), 0)
                newEnd := add(data, and(add(size, 31), not(31)))
                cursor := add(cursor, size)
            }
            mstore(add(start, 0x44), sub(newEnd, execution))
        }
    }
}
