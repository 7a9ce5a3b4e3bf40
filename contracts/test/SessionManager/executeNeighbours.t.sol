// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {GasProbe} from "../targets/GasProbe.sol";
import {Target} from "../targets/Target.sol";

/// @notice Items of strangers in one bundle: none can tell what became of the others.
contract ExecuteNeighboursTest is Playground {
    uint256 private constant PLAYERS = 8;

    // What is wrong with an item.
    uint8 private constant NOTHING = 0;
    uint8 private constant UNKNOWN = 1;
    uint8 private constant REVOKED = 2;
    uint8 private constant FORGED = 3;
    uint8 private constant AHEAD = 4;
    uint8 private constant EXPIRED = 5;
    uint8 private constant TOO_MUCH_GAS = 6;
    uint8 private constant TOO_MUCH_VALUE = 7;
    uint8 private constant REVERTING = 8;
    uint8 private constant BURNING = 9;
    uint8 private constant BOMBING = 10;
    uint8 private constant REFUSED_GRANT = 11;
    uint8 private constant NO_BALANCE = 12;
    uint8 private constant KINDS = 13;

    /// @dev An item that fails in its own way, or does not.
    function _item(uint256 number, uint8 wrong) private returns (bytes memory) {
        Player memory player = makePlayer(number, number % 2 == 0 ? P256 : SECP256K1, number % 3 == 0, defaultTerms());
        if (wrong != UNKNOWN && wrong != REFUSED_GRANT) grant(player);
        if (wrong == REVOKED) manager.revokeByKey(identityOf(player), signRevocation(player));
        Intent memory intent = makeIntent(player, hit(number));
        if (wrong == AHEAD) intent.sequence = 1;
        if (wrong == EXPIRED) intent.expiry = clock();
        if (wrong == TOO_MUCH_GAS) intent.callGas = type(uint32).max;
        if (wrong == TOO_MUCH_VALUE) intent.calls[0] = Call(address(target), 2 ether, abi.encodeCall(Target.pay, (1)));
        if (wrong == NO_BALANCE) intent.calls[0] = Call(address(target), 1 ether, abi.encodeCall(Target.pay, (1)));
        if (wrong == REVERTING) intent.calls[0].data = abi.encodeCall(Target.misbehave, (target.REVERT()));
        if (wrong == BURNING) intent.calls[0].data = abi.encodeCall(Target.misbehave, (target.BURN_GAS()));
        if (wrong == BOMBING) intent.calls[0].data = abi.encodeCall(Target.misbehave, (target.REVERT_BOMB()));
        bytes memory encoded = signed(player, intent);
        if (wrong == FORGED) encoded = flip(encoded, encoded.length - 1);
        // Signed by nobody.
        if (wrong == REFUSED_GRANT) encoded = withGrant(player, unsignedGrant(player), encoded);
        return encoded;
    }

    function _assertIndependent(bytes[] memory items, uint8[PLAYERS] memory wrong, uint256[] memory order) private {
        bytes[] memory ordered = new bytes[](PLAYERS);
        for (uint256 i; i < PLAYERS; ++i) {
            ordered[i] = items[order[i]];
        }
        Result[] memory results = run(section(makePlayer(0, P256, false, defaultTerms()), ordered));
        assertEq(results.length, PLAYERS, "one result each");
        uint256 successes;
        for (uint256 i; i < PLAYERS; ++i) {
            bool fine = wrong[order[i]] == NOTHING;
            if (fine) ++successes;
            assertTrue(results[i].success == fine, "by its own merit");
            bool fails = wrong[order[i]] >= REVERTING && wrong[order[i]] != REFUSED_GRANT;
            assertTrue(results[i].executed == (fine || fails), "executed or refused");
        }
        assertEq(target.visitCount(), successes, "visits");
    }

    /// Guarantee: which items succeed does not depend on the others, whatever is wrong with those, and in whatever order.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_OthersDoNotMatter(uint256 seed) public {
        bytes[] memory items = new bytes[](PLAYERS);
        uint8[PLAYERS] memory wrong;
        uint256[] memory order = new uint256[](PLAYERS);
        uint256[] memory reversed = new uint256[](PLAYERS);
        for (uint256 i; i < PLAYERS; ++i) {
            // Half of them are fine.
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            wrong[i] = random % 2 == 0 ? NOTHING : uint8(random / 2 % KINDS);
            items[i] = _item(i, wrong[i]);
            (order[i], reversed[PLAYERS - 1 - i]) = (i, i);
        }
        uint256 state = vm.snapshotState();
        _assertIndependent(items, wrong, order);
        vm.revertToState(state);
        _assertIndependent(items, wrong, reversed);
    }

    /// behavior: one of each kind of failure, and seven good ones around them.
    function test_EachKind() public {
        for (uint8 kind = 1; kind < KINDS; ++kind) {
            uint8[PLAYERS] memory wrong;
            wrong[kind % PLAYERS] = kind;
            bytes[] memory items = new bytes[](PLAYERS);
            uint256[] memory order = new uint256[](PLAYERS);
            uint256 state = vm.snapshotState();
            for (uint256 i; i < PLAYERS; ++i) {
                items[i] = _item(i, wrong[i]);
                order[i] = i;
            }
            _assertIndependent(items, wrong, order);
            vm.revertToState(state);
        }
    }

    // ── Gas ───────────────────────────────────────────────────────────────────

    /// Guarantee: with whatever gas the relayer comes, every item of the bundle gets exactly the gas that it would get with
    /// plenty, to the last unit, or nothing happens at all.
    function testFuzz_EveryItemGetsItsGas(uint256 gas, bool foreignLast, bool several) public {
        GasProbe probe = new GasProbe();
        bytes[] memory items = new bytes[](3);
        Call memory call = Call(address(probe), 0, abi.encodeCall(GasProbe.probe, ()));
        Player memory player;
        for (uint256 i; i < 3; ++i) {
            bool foreign = foreignLast ? i == 2 : i == 0;
            player = makePlayer(i, SECP256K1, foreign, termsOf(permissionOf(address(probe), "probe()", 10)));
            grant(player);
            Intent memory intent = makeIntent(player, several ? calls2(call, call) : calls1(call));
            intent.callGas = uint32(200_000 + 150_000 * i);
            items[i] = signed(player, intent);
        }
        bytes memory data = abi.encodeCall(manager.execute, (section(player, items)));

        uint256 state = vm.snapshotState();
        (bool accepted,) = address(manager).call{gas: 20_000_000}(data);
        assertTrue(accepted, "with plenty");
        uint256[] memory plenty = probe.seen();
        vm.revertToState(state);

        (accepted,) = address(manager).call{gas: bound(gas, 100_000, 1_200_000)}(data);
        uint256[] memory seen = probe.seen();
        assertEq(seen.length, accepted ? (several ? 6 : 3) : 0, "all or none");
        for (uint256 i; i < seen.length; ++i) {
            assertEq(seen[i], plenty[i], "the same gas");
        }
    }

    // ── Targets that come and go ──────────────────────────────────────────────

    /// behavior: a game that is gone refuses, one that is there again is called.
    function test_TargetComesAndGoes() public {
        Player memory player = makeActivePlayer(1);
        bytes memory code = address(target).code;
        assertSuccess(run(player, hit(1)), "there");
        vm.etch(address(target), "");
        assertRejection(run(player, hit(2)), ISessionManager.TargetHasNoCode.selector, "gone");
        vm.etch(address(target), code);
        assertSuccess(run(player, hit(2)), "there again");
    }

    /// behavior: a game that destroys itself while it is called takes its value along and is called to the end of the
    /// transaction; nobody is hurt.
    function test_SelfDestruct() public {
        SelfDestroyer game = new SelfDestroyer();
        vm.deal(address(game), 3 ether);
        Player memory player = makePlayer(
            1,
            termsOf(permissionOf(address(game), "end(address)", 10), permissionOf(address(target), "hit(uint256)", 10))
        );
        grant(player);
        Call memory end = Call(address(game), 0, abi.encodeCall(SelfDestroyer.end, (payable(stranger))));
        Intent memory second = makeIntent(player, end);
        second.sequence = 1;
        Intent memory third = makeIntent(player, hit(1));
        third.sequence = 2;
        bytes[] memory items = new bytes[](3);
        items[0] = signed(player, makeIntent(player, end));
        items[1] = signed(player, second);
        items[2] = signed(player, third);
        Result[] memory results = run(section(player, items));
        for (uint256 i; i < 3; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(stranger.balance, 3 ether, "its own value");
        assertEq(target.visitCount(), 1, "the other game");
    }

    /// Guarantee: time beyond 40 bits ends everything, and wraps around to nothing.
    function testFuzz_EndOfTime(uint256 later) public {
        Player memory player = makePlayer(1);
        vm.warp(type(uint40).max - 100);
        player.session.validAfter = type(uint40).max - 100;
        player.session.validUntil = player.session.grantDeadline = type(uint40).max;
        grant(player);
        Intent memory intent = makeIntent(player, hit(1));
        intent.expiry = type(uint40).max;
        assertSuccess(run(player, intent), "in the last seconds");
        intent.sequence = 1;
        bytes memory encoded = signed(player, intent);
        vm.warp(bound(later, type(uint40).max, uint256(type(uint40).max) * 3));
        assertRejection(runEncoded(player, encoded), ISessionManager.SessionExpired.selector, "over");
        useKey(player, SECP256K1, 0xf00d);
        assertRefused(player, makeGrant(player), ISessionManager.InvalidWindow.selector, "and no new one");
    }
}

/// @notice A game that ends.
contract SelfDestroyer {
    function end(address payable heir) external {
        assembly ("memory-safe") {
            selfdestruct(heir)
        }
    }
}
