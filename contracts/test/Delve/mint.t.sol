// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Delve} from "../../src/games/Delve.sol";
import {Base} from "../Base.sol";

contract MintTest is Base {
    Delve private delve;
    address private player = address(0x9147e4);

    function setUp() public {
        vm.warp(1_800_000_000);
        delve = Delve(vm.deployCode("Delve.sol:Delve"));
    }

    /// @dev Writes the packed player: joined 8 | x 8 | y 8 | gems 16.
    function _giveGems(uint16 gems) private {
        vm.prank(player);
        try delve.move(0) {}
        catch {
            vm.prank(player);
            delve.move(1);
        }
        for (uint256 slot; slot < 16; ++slot) {
            bytes32 at = keccak256(abi.encode(player, slot));
            uint256 word = uint256(vm.load(address(delve), at));
            if (word & 0xff != 1) continue;
            vm.store(address(delve), at, bytes32((word & ~(uint256(0xffff) << 24)) | (uint256(gems) << 24)));
            assertEq(delve.playerOf(player).gems, gems, "prepared");
            return;
        }
        revert("slot not found");
    }

    /// behavior: gems become a relic, at the price of the list.
    function testFuzz_Mints(uint16 gems, uint256 relicId) public {
        relicId = bound(relicId, 0, 7);
        _giveGems(gems);
        uint16 price = delve.priceOf(relicId);
        assertEq(delve.prices()[relicId], price, "list");
        if (gems < price) {
            vm.expectRevert(abi.encodeWithSelector(Delve.NotEnoughGems.selector, gems, price));
            vm.prank(player);
            delve.mint(relicId);
            return;
        }
        vm.expectEmit(true, true, false, true);
        emit Delve.Minted(player, relicId, gems - price);
        vm.prank(player);
        delve.mint(relicId);
        assertEq(delve.balanceOf(player, relicId), 1, "relic");
        assertEq(delve.playerOf(player).gems, gems - price, "gems");
    }

    /// behavior: dearer with each relic.
    function test_PricesRise() public view {
        for (uint256 i = 1; i < 8; ++i) {
            assertTrue(delve.priceOf(i) > delve.priceOf(i - 1), "price");
        }
    }

    /// error: there are eight relics.
    function testFuzz_UnknownRelic(uint256 relicId) public {
        if (relicId < 8) relicId += 8;
        vm.expectRevert(abi.encodeWithSelector(Delve.UnknownRelic.selector, relicId));
        delve.mint(relicId);
    }

    /// Guarantee: gems are gone before the relic's receiver is told, so a re-entrant receiver pays for every relic.
    function test_ReentrantReceiverPays() public {
        GreedyReceiver receiver = new GreedyReceiver(delve);
        player = address(receiver);
        _giveGems(7);
        receiver.mint();
        assertEq(delve.balanceOf(player, 0), 2, "two for six gems");
        assertEq(delve.playerOf(player).gems, 1, "gems");
    }
}

/// @notice Mints again when it receives a relic, as often as it can.
contract GreedyReceiver {
    Delve private immutable DELVE;

    constructor(Delve delve) {
        DELVE = delve;
    }

    function mint() external {
        DELVE.mint(0);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        try DELVE.mint(0) {} catch {}
        return this.onERC1155Received.selector;
    }
}
