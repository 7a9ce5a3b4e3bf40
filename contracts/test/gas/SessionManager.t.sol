// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call} from "../../src/types/Intent.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player} from "../Player.sol";
import {Playground} from "../Playground.sol";

/// @dev OneSlotMove, which is deployed from its artifact: imported, it would be compiled with the tests' settings.
interface Game {
    function move(uint8 direction) external;
}

interface Token {
    function mint(address[] calldata accounts, uint256 amount) external;
    function transfer(address to, uint256 amount) external returns (bool);
}

/// @notice Gas of whole transactions in steady state, kept in snapshots/; `npm test` fails when they differ.
/// forge-config: default.isolate = true
contract SessionManagerGasTest is Playground {
    Game private game;
    Token private token;

    function setUp() public override {
        super.setUp();
        game = Game(vm.deployCode("out/OneSlotMove.sol/OneSlotMove.json"));
        token = Token(vm.deployCode("out/BenchToken.sol/BenchToken.json"));
    }

    function _move() private view returns (Permission memory) {
        return permissionOf(address(game), "move(uint8)", 1000);
    }

    function _threeFunctions() private view returns (Terms memory terms) {
        terms.permissions = new Permission[](3);
        terms.permissions[0] = _move();
        terms.permissions[1] = permissionOf(address(game), "mint(uint256)", 1000);
        terms.permissions[2] = permissionOf(address(game), "rest()", 1000);
    }

    function _calls(uint256 count) private view returns (Call[] memory calls) {
        calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = Call(address(game), 0, abi.encodeCall(Game.move, (1)));
        }
    }

    function _bundle(Player[] memory players, Call[] memory calls) private view returns (bytes memory) {
        bytes[] memory intents = new bytes[](players.length);
        for (uint256 i; i < players.length; ++i) {
            intents[i] = signed(players[i], makeIntent(players[i], calls));
        }
        return section(players[0], intents);
    }

    function _warmUp(Player[] memory players, Call[] memory calls) private {
        for (uint256 round; round < 3; ++round) {
            manager.execute(_bundle(players, calls));
        }
    }

    function _measure(string memory name, Player[] memory players, Call[] memory calls) private {
        bytes memory sections = _bundle(players, calls);
        uint256 before = manager.laneSequenceOf(players[0].sessionId, 0);
        manager.execute(sections);
        assertTrue(vm.snapshotGasLastCall("SessionManager", name) != 0, "measured");
        assertEq(manager.laneSequenceOf(players[0].sessionId, 0), before + 1, "executed");
    }

    /// behavior: one intent, and ten players in a bundle, for each scheme and kind of account.
    function test_Moves() public {
        for (uint256 kind; kind < 3; ++kind) {
            string memory name = ["P-256", "secp256k1", "P-256, OpenZeppelin account"][kind];
            Player[] memory players = new Player[](10);
            for (uint256 i; i < 10; ++i) {
                players[i] = makePlayer(i, kind == 1 ? SECP256K1 : P256, kind == 2, _threeFunctions());
                grant(players[i]);
            }
            _warmUp(players, _calls(1));
            _measure(string.concat(name, ", 10 players"), players, _calls(1));
            _measure(string.concat(name, ", 1 player"), one(players[0]), _calls(1));
            _measure(string.concat(name, ", 1 player, 10 moves"), one(players[0]), _calls(10));
        }
    }

    function _measureRule(string memory name, Permission memory permission) private {
        Player[] memory players = one(makePlayer(1, termsOf(permission)));
        grant(players[0]);
        _warmUp(players, _calls(1));
        _measure(name, players, _calls(1));
    }

    /// behavior: what further rules cost, by the difference to the first.
    function test_Rules() public {
        _measureRule("rules: calls in all", _move());
        _measureRule("rules: calls per period", withPeriod(_move(), 1 hours, 100, 0));
        _measureRule("rules: an argument", withRule(_move(), "arg0 <= 3"));
        _measureRule("rules: an argument one of four", withRule(_move(), "arg0 in {0, 1, 2, 3}"));
        _measureRule("rules: a sum", withRule(_move(), "sum(arg0) <= 1000"));
        _measureRule(
            "rules: a sum per period",
            withRule(withPeriod(_move(), 1 hours, 100, 0), "sum(arg0) <= 1000 and <= 100 per period")
        );
    }

    /// behavior: a transfer under a spend limit.
    function test_SpendLimit() public {
        Terms memory terms = termsOf(permissionOf(address(token), "transfer(address,uint256)", 1000));
        Player[] memory players =
            one(makePlayer(1, withSpendLimit(terms, SpendLimit(address(token), 1 ether, 1 hours, 1 ether))));
        grant(players[0]);
        address[] memory holders = new address[](2);
        (holders[0], holders[1]) = (players[0].account, studio);
        token.mint(holders, 1 ether);
        Call[] memory calls = calls1(Call(address(token), 0, abi.encodeCall(Token.transfer, (studio, 1 gwei))));
        _warmUp(players, calls);
        _measure("rules: a spend limit per period", players, calls);
    }

    /// behavior: granting in a bundle, with and without creating the account, and revoking.
    function test_Grants() public {
        Player memory player = makePlayer(1, P256, false, _threeFunctions());
        manager.execute(section(player, one(grantItem(player))));
        vm.snapshotGasLastCall("SessionManager", "grant, new account");
        player = makePlayer(1, SECP256K1, false, _threeFunctions());
        manager.execute(section(player, one(grantItem(player))));
        vm.snapshotGasLastCall("SessionManager", "grant, existing account");
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
        manager.revokeByOwner(identityOf(player), "", signSecp256k1(player.ownerKey, revocationDigest(player)));
        vm.snapshotGasLastCall("SessionManager", "revoke by owner");
        assertEq(manager.sessionOf(player.sessionId).status, 2, "revoked");
    }
}
