// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Execution} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";

import {IPlayerAccount} from "../interfaces/IPlayerAccount.sol";
import {Frame} from "./Frame.sol";

/// @notice Writes the call that makes an account execute an intent, while its calls are being read. The mode is always
/// ours: single or batch, reverting as a whole; never delegatecall, never try.
/// @dev Three forms. PlayerAccount: `callForPlayer`, see there. Others, one call: `executeFromExecutor(0, to ‖ value
/// ‖ data)`; several: `executeFromExecutor(0x01…, abi.encode(Execution[]))`.
library AccountCall {
    /// @dev Position of the execution data behind selector, mode, offset and length.
    uint256 private constant EXECUTION = 0x64;
    uint256 private constant BATCH_MODE = 1 << 248;

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

    /// @dev Appends a call whose arguments stand in call data.
    /// @param entry Row of the table; see Frame.
    /// @return next Where the next call goes.
    /// @return dataHash Hash of selector and arguments.
    function append(
        uint256 payload,
        uint256 cursor,
        bool fast,
        uint256 index,
        uint256 count,
        uint256 entry,
        uint256 value,
        uint256 args,
        uint256 argsSize
    ) internal pure returns (uint256 next, bytes32 dataHash) {
        assembly ("memory-safe") {
            let size := add(argsSize, 4)
            let selector := shl(224, shr(32, entry))
            let to := and(shr(64, entry), 0xffffffffffffffffffffffffffffffffffffffff)
            let data
            switch fast
            case 1 {
                mstore(cursor, or(shl(96, to), shr(32, value)))
                // Three bytes: two for the arguments, and the selector may carry.
                mstore(add(cursor, 32), or(shl(224, value), shl(200, size)))
                data := add(cursor, 39)
                next := add(data, size)
            }
            default {
                switch count
                case 1 {
                    mstore(cursor, shl(96, to))
                    mstore(add(cursor, 20), value)
                    data := add(cursor, 52)
                    next := add(data, size)
                }
                default {
                    let head := add(payload, add(EXECUTION, 0x40))
                    mstore(add(head, shl(5, index)), sub(cursor, head))
                    mstore(cursor, to)
                    mstore(add(cursor, 0x20), value)
                    mstore(add(cursor, 0x40), 0x60)
                    mstore(add(cursor, 0x60), size)
                    data := add(cursor, 0x80)
                    next := add(data, and(add(size, 31), not(31)))
                }
                // The padding behind the data.
                mstore(add(data, size), 0)
            }
            mstore(data, selector)
            calldatacopy(add(data, 4), args, argsSize)
            dataHash := keccak256(data, size)
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
