// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, Intent} from "../../src/types/Intent.sol";
import {Grant, Permission} from "../../src/types/Session.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {OneSlotMove} from "./OneSlotMove.sol";

/// @notice Gas of whole transactions in steady state, kept in snapshots/; a change shows in review.
/// forge-config: default.isolate = true
contract SessionManagerGasTest is Playground {
    OneSlotMove private game;

    function setUp() public override {
        super.setUp();
        game = OneSlotMove(vm.deployCode("out/OneSlotMove.sol/OneSlotMove.json"));
    }

    function _permissions() private view returns (Permission[] memory permissions) {
        permissions = new Permission[](3);
        permissions[0] = Permission(address(game), "move(uint8)", 1000, 0, 0);
        permissions[1] = Permission(address(game), "mint(uint256)", 1000, 0, 0);
        permissions[2] = Permission(address(game), "rest()", 1000, 0, 0);
    }

    function _bundle(Player[] memory players, uint256 moves) private view returns (bytes memory) {
        bytes[] memory intents = new bytes[](players.length);
        for (uint256 i; i < players.length; ++i) {
            Call[] memory calls = new Call[](moves);
            for (uint256 j; j < moves; ++j) {
                calls[j] = Call(address(game), 0, abi.encodeCall(OneSlotMove.move, (1)));
            }
            intents[i] = signed(players[i], makeIntent(players[i], calls));
        }
        return section(players[0], intents);
    }

    function _warmPlayers(uint256 count, uint8 scheme, bool foreign) private returns (Player[] memory players) {
        players = new Player[](count);
        for (uint256 i; i < count; ++i) {
            players[i] = makePlayer(i, scheme, foreign, _permissions());
            grant(players[i]);
        }
        for (uint256 round; round < 3; ++round) {
            manager.execute(none(), _bundle(players, 1));
        }
    }

    function _measure(string memory name, Player[] memory players, uint256 moves) private {
        bytes memory sections = _bundle(players, moves);
        manager.execute(none(), sections);
        uint256 used = vm.snapshotGasLastCall("SessionManager", name);
        assertTrue(used != 0, "measured");
    }

    /// behavior: one intent, and ten players in a bundle, for each scheme and kind of account.
    function test_Moves() public {
        for (uint256 kind; kind < 3; ++kind) {
            string memory name = ["P-256", "secp256k1", "P-256, OpenZeppelin account"][kind];
            Player[] memory players = _warmPlayers(10, kind == 1 ? SECP256K1 : P256, kind == 2);
            _measure(string.concat(name, ", 10 players"), players, 1);
            assembly ("memory-safe") {
                mstore(players, 1)
            }
            _measure(string.concat(name, ", 1 player"), players, 1);
            _measure(string.concat(name, ", 1 player, 10 moves"), players, 10);
        }
    }

    /// behavior: granting in a bundle, with and without creating the account.
    function test_Grants() public {
        Player memory player = makePlayer(1, P256, false, _permissions());
        manager.execute(one(makeGrant(player)), "");
        vm.snapshotGasLastCall("SessionManager", "grant, new account");
        player = makePlayer(1, SECP256K1, false, _permissions());
        manager.execute(one(makeGrant(player)), "");
        vm.snapshotGasLastCall("SessionManager", "grant, existing account");
        manager.revokeByOwner(
            identityOf(player),
            "",
            signSecp256k1(player.ownerKey, manager.hashRevocation(player.account, player.sessionId))
        );
        vm.snapshotGasLastCall("SessionManager", "revoke by owner");
    }
}
