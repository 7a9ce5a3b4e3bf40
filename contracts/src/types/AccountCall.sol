// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

import {IPlayerAccount} from "../interfaces/IPlayerAccount.sol";

/// @notice Writes the call that makes an account execute an intent, while its calls are being read. The mode is always
/// ours: single or batch, reverting as a whole; never delegatecall, never try.
/// @dev Three forms. PlayerAccount: `callForPlayer`, see there. Others, one call: `executeFromExecutor(0, to ‖ value
/// ‖ data)`; several: `executeFromExecutor(0x01…, abi.encode(Execution[]))`.
library AccountCall {
    /// @dev Position of the execution data behind selector, mode, offset and length.
    uint256 private constant EXECUTION = 0x64;
    uint256 private constant BATCH_MODE = 1 << 248;
    /// @dev In the head of a call to a PlayerAccount: the value follows.
    uint256 private constant VALUE_FLAG = 1 << 24;

    /// @return cursor Where the first call goes.
    function open(uint256 payload, bool fast, uint256 epoch, uint256 count) internal pure returns (uint256 cursor) {
        bytes4 fastSelector = IPlayerAccount.callForPlayer.selector;
        bytes4 selector = IERC7579Execution.executeFromExecutor.selector;
        assembly ("memory-safe") {
            switch fast
            case 1 {
                mstore(payload, or(fastSelector, shl(192, epoch)))
                cursor := add(payload, 8)
            }
            default {
                mstore(payload, selector)
                mstore(add(payload, 0x04), 0)
                mstore(add(payload, 0x24), 0x40)
                cursor := add(payload, EXECUTION)
                if gt(count, 1) {
                    mstore(add(payload, 0x04), BATCH_MODE)
                    mstore(cursor, 0x20)
                    mstore(add(cursor, 0x20), count)
                    cursor := add(add(cursor, 0x40), shl(5, count))
                }
            }
        }
    }

    /// @dev Writes the head of a call.
    /// @param entry to 160 | selector 32 | …
    /// @param size Of the call's data.
    /// @return data Where the data goes, and `next` where the next call.
    function appendHead(
        uint256 payload,
        uint256 cursor,
        bool fast,
        uint256 index,
        uint256 count,
        uint256 entry,
        uint256 value,
        uint256 size
    ) internal pure returns (uint256 data, uint256 next) {
        assembly ("memory-safe") {
            switch fast
            case 1 {
                mstore(cursor, or(shl(96, shr(96, entry)), size))
                data := add(cursor, 32)
                if value {
                    mstore(cursor, or(mload(cursor), VALUE_FLAG))
                    mstore(data, value)
                    data := add(data, 32)
                }
                next := add(data, size)
            }
            default {
                switch count
                case 1 {
                    mstore(cursor, shl(96, shr(96, entry)))
                    mstore(add(cursor, 20), value)
                    data := add(cursor, 52)
                    next := add(data, size)
                }
                default {
                    let head := add(payload, add(EXECUTION, 0x40))
                    mstore(add(head, shl(5, index)), sub(cursor, head))
                    mstore(cursor, shr(96, entry))
                    mstore(add(cursor, 0x20), value)
                    mstore(add(cursor, 0x40), 0x60)
                    mstore(add(cursor, 0x60), size)
                    data := add(cursor, 0x80)
                    next := add(data, and(add(size, 31), not(31)))
                }
                // The padding behind the data.
                mstore(add(data, size), 0)
            }
        }
    }

    /// @dev Completes the call.
    /// @param cursor Where the next call would go.
    /// @return end End of the payload.
    function close(uint256 payload, uint256 cursor, bool fast) internal pure returns (uint256 end) {
        assembly ("memory-safe") {
            end := cursor
            if iszero(fast) {
                let size := sub(cursor, add(payload, EXECUTION))
                mstore(add(payload, 0x44), size)
                end := add(add(payload, EXECUTION), and(add(size, 31), not(31)))
            }
        }
    }
}
