// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission} from "../../src/types/Terms.sol";
import {Player, Playground} from "../Playground.sol";
import {OpenHouse} from "../targets/OpenHouse.sol";

/// @notice Arguments as long as the two bytes of their length can say.
contract ExecuteLongArgumentsTest is Playground {
    bytes4 private constant SELECTOR = bytes4(keccak256("note(bytes)"));

    OpenHouse private _house;

    function setUp() public override {
        super.setUp();
        _house = new OpenHouse();
    }

    function _player(bool foreign, bool valued) private returns (Player memory player) {
        Permission memory permission = permissionOf(address(_house), "note(bytes)", 10);
        if (valued) permission = withValue(permission, 1 ether, 2 ether);
        player = makePlayer(1, SECP256K1, foreign, termsOf(permission));
        grant(player);
        vm.deal(player.account, 10 ether);
    }

    function _intent(Player memory player, uint256 value, bytes memory data) private view returns (Intent memory) {
        Intent memory intent = makeIntent(player, calls1(Call(address(_house), value, data)));
        intent.callGas = 8_000_000;
        return intent;
    }

    /// Guarantee: arguments never become further calls: a key that may only call one function cannot make itself an owner.
    function test_ArgumentsAreNotCalls() public {
        Player memory player = _player(false, false);
        bytes memory takeOver = abi.encodeCall(IPlayerAccount.addSigner, (abi.encodePacked(stranger)));
        // `missing` bytes are left of the data's length when 65,536 is taken off.
        for (uint256 missing; missing < 4; ++missing) {
            bytes memory args = bytes.concat(
                new bytes(34 + missing), abi.encodePacked(player.account, uint128(0), uint16(takeOver.length), takeOver)
            );
            uint256 rest = 65_532 + missing - args.length - 38;
            args = bytes.concat(args, abi.encodePacked(stranger, uint128(0), uint16(rest)), new bytes(rest));
            assertSuccess(run(player, _intent(player, 0, bytes.concat(SELECTOR, args))), "long call");
            assertTrue(!IPlayerAccount(player.account).isSigner(abi.encodePacked(stranger)), "the key became an owner");
            assertEq(_house.visits(), missing + 1, "one visit");
            assertEq(player.account.balance, 10 ether, "no value");
        }
    }

    /// Guarantee: what arrives is what was signed, up to the longest arguments, with even and with odd value.
    function test_LongestArguments() public {
        for (uint256 i; i < 16; ++i) {
            uint256 state = vm.snapshotState();
            (bool foreign, bool valued) = (i & 1 == 1, i & 2 == 2);
            Player memory player = _player(foreign, valued);
            uint256 length = i < 4 ? 65_535 : i < 8 ? 65_532 : i < 12 ? 65_531 : 65_533;
            uint256 value = valued ? 6 + (i & 1) : 0;
            bytes memory data = bytes.concat(SELECTOR, new bytes(length - 1), hex"07");
            assertSuccess(run(player, _intent(player, value, data)), "long call");
            assertEq(_house.dataHash(), keccak256(data), "data");
            assertEq(_house.value(), value, "value");
            assertEq(_house.visits(), 1, "one visit");
            vm.revertToState(state);
        }
    }
}
