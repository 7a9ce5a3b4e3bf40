// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice The work of OneSlotMove, by a function that takes ether: what limits on value cost is measured with it.
contract PayableMove {
    event Moved(address indexed player, uint256 x, uint256 y);

    struct Player {
        uint64 x;
        uint64 y;
        uint128 moves;
    }

    mapping(address player => Player) public playerOf;

    function move(uint8 direction) external payable {
        Player memory player = playerOf[msg.sender];
        unchecked {
            if (direction == 0) --player.y;
            else if (direction == 1) ++player.x;
            else if (direction == 2) ++player.y;
            else --player.x;
            ++player.moves;
        }
        playerOf[msg.sender] = player;
        emit Moved(msg.sender, player.x, player.y);
    }
}
