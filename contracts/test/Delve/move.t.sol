// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Delve} from "../../src/games/Delve.sol";
import {Base} from "../Base.sol";

contract MoveTest is Base {
    Delve private delve;
    address private player = address(0x9147e4);

    function setUp() public {
        vm.warp(1_800_000_000);
        delve = Delve(vm.deployCode("Delve.sol:Delve"));
    }

    function _isWall(uint256 x, uint256 y) private view returns (bool) {
        return (uint256(delve.WALLS()) >> (y * 16 + x)) & 1 == 1;
    }

    /// behavior: the dungeon is one: every free cell is reachable from every other.
    function test_BoardIsConnected() public view {
        uint256 walls = delve.WALLS();
        uint256 reached = 1;
        for (uint256 i; i < 192; ++i) {
            uint256 grown = reached;
            for (uint256 cell; cell < 192; ++cell) {
                if ((reached >> cell) & 1 == 0) continue;
                (uint256 x, uint256 y) = (cell % 16, cell / 16);
                grown |= 1 << (((y + 11) % 12) * 16 + x) | 1 << (((y + 1) % 12) * 16 + x);
                grown |= 1 << (y * 16 + (x + 1) % 16) | 1 << (y * 16 + (x + 15) % 16);
            }
            grown &= ~walls;
            if (grown == reached) break;
            reached = grown;
        }
        assertEq(reached | walls, type(uint192).max, "unreachable cells");
    }

    /// behavior: a walk of any directions ends where a reference walk does; walls are never entered.
    function testFuzz_Walks(address walker, bytes calldata directions) public {
        Delve.Player memory before = delve.playerOf(walker);
        assertTrue(!before.joined, "not yet");
        assertTrue(!_isWall(before.x, before.y), "starts on a free cell");
        (int256 x, int256 y) = (int256(uint256(before.x)), int256(uint256(before.y)));
        uint256 moves;
        for (uint256 i; i < directions.length; ++i) {
            uint8 direction = uint8(directions[i]) % 4;
            int256 nextX = (x + (direction == 1 ? int256(1) : direction == 3 ? int256(15) : int256(0))) % 16;
            int256 nextY = (y + (direction == 2 ? int256(1) : direction == 0 ? int256(11) : int256(0))) % 12;
            bool blocked = _isWall(uint256(nextX), uint256(nextY));
            if (blocked) {
                vm.expectRevert(abi.encodeWithSelector(Delve.WallAhead.selector, uint256(nextX), uint256(nextY)));
            }
            vm.prank(walker);
            delve.move(direction);
            if (blocked) continue;
            (x, y, moves) = (nextX, nextY, moves + 1);
        }
        Delve.Player memory afterwards = delve.playerOf(walker);
        assertEq(afterwards.x, uint256(x), "x");
        assertEq(afterwards.y, uint256(y), "y");
        assertEq(afterwards.moves, moves, "moves");
        assertTrue(afterwards.joined == (moves != 0), "joined");
    }

    /// error: there are four directions.
    function testFuzz_UnknownDirection(uint8 direction) public {
        if (direction < 4) direction = 4;
        vm.expectRevert(abi.encodeWithSelector(Delve.UnknownDirection.selector, direction));
        delve.move(direction);
    }

    /// behavior: a gem is picked up by whoever comes first, is then gone for all, and returns with a tide.
    function test_GemsAreFirstComeFirstServed() public {
        (address first, uint8 direction, uint256 cell) = _findNextToGem(0);
        vm.prank(first);
        delve.move(direction);
        assertEq(delve.playerOf(first).gems, 1, "picked up");
        (, bool gem) = delve.cellAt(uint8(cell % 16), uint8(cell / 16));
        assertTrue(!gem, "gone");

        vm.startPrank(first);
        delve.move((direction + 2) % 4);
        uint16 gems = delve.playerOf(first).gems;
        delve.move(direction);
        assertEq(delve.playerOf(first).gems, gems, "not twice");
        vm.stopPrank();

        (, uint256 tide, uint256 turnsAt) = delve.board();
        vm.warp(turnsAt);
        (uint192 lying, uint256 next,) = delve.board();
        assertEq(next, tide + 1, "next tide");
        assertEq(lying, delve.gemsOf(next), "all new");
    }

    /// @dev A player who has a gem next to their start.
    function _findNextToGem(uint256 seed) private view returns (address who, uint8 direction, uint256 cell) {
        (uint192 gems,,) = delve.board();
        for (uint256 i = seed;; ++i) {
            who = address(uint160(0x10000 + i));
            Delve.Player memory at = delve.playerOf(who);
            for (direction = 0; direction < 4; ++direction) {
                uint256 x = (uint256(at.x) + (direction == 1 ? 1 : direction == 3 ? 15 : 0)) % 16;
                uint256 y = (uint256(at.y) + (direction == 2 ? 1 : direction == 0 ? 11 : 0)) % 12;
                cell = y * 16 + x;
                if ((gems >> cell) & 1 == 1) return (who, direction, cell);
            }
        }
    }

    /// behavior: about one free cell in eight holds a gem, never a wall.
    function testFuzz_GemsOf(uint256 tide) public view {
        uint256 gems = delve.gemsOf(tide);
        assertEq(gems & delve.WALLS(), 0, "in a wall");
        assertEq(gems >> 192, 0, "outside");
    }

    /// behavior: the event carries what the board needs.
    function test_Emits() public {
        Delve.Player memory at = delve.playerOf(player);
        for (uint8 direction; direction < 4; ++direction) {
            vm.prank(player);
            vm.recordLogs();
            try delve.move(direction) {
                at = delve.playerOf(player);
                bytes memory data = vm.getRecordedLogs()[0].data;
                assertEq(data, abi.encode(at.x, at.y, at.gems), "event");
            } catch {}
        }
    }
}
