// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Frame} from "./Frame.sol";

/// @notice What an intent needs besides its counters and a plain call, in one word of the frame: it is not on lane 0 of a
/// PlayerAccount 8 | number of spend limits 8 | number of approvals 8 | bitmap of the meters that it charges 8. Zero if
/// nothing.
library Needs {
    uint256 private constant ODD = 1 << 24;
    uint256 internal constant SPEND_SHIFT = 16;
    uint256 private constant APPROVAL_SHIFT = 8;

    /// @dev The intent is not on lane 0 of a PlayerAccount.
    function markOdd() internal pure {
        Frame.set(Frame.NEEDS, Frame.get(Frame.NEEDS) | ODD);
    }

    /// @dev Whether the intent charges meters, or may have to.
    function isMetered() internal pure returns (bool) {
        return Frame.get(Frame.NEEDS) & (ODD - 1) != 0;
    }

    function spendCount() internal pure returns (uint256) {
        return uint8(Frame.get(Frame.NEEDS) >> SPEND_SHIFT);
    }

    function approvalCount() internal pure returns (uint256) {
        return uint8(Frame.get(Frame.NEEDS) >> APPROVAL_SHIFT);
    }

    function addApproval(uint256 spend, uint256 spender, uint256 amount) internal pure {
        unchecked {
            uint256 count = approvalCount();
            Frame.setAt(Frame.APPROVALS, 2 * count, (spend << 160) | spender);
            Frame.setAt(Frame.APPROVALS, 2 * count + 1, amount);
            Frame.set(Frame.NEEDS, Frame.get(Frame.NEEDS) + (1 << APPROVAL_SHIFT));
        }
    }

    function approvalAt(uint256 index) internal pure returns (uint256 spend, address spender, uint256 amount) {
        unchecked {
            uint256 word = Frame.getAt(Frame.APPROVALS, 2 * index);
            return (word >> 160, address(uint160(word)), Frame.getAt(Frame.APPROVALS, 2 * index + 1));
        }
    }
}
