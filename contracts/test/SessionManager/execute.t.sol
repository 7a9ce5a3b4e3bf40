// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Session} from "../../src/types/Session.sol";
import {SignedData} from "../encoding/SignedData.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice What a bundle does when everybody behaves.
contract ExecuteTest is Playground {
    /// behavior: one transaction creates the account (unless it exists), enables the session and makes the call.
    function test_CreatesAccountGrantsAndExecutesInOneBundle() public {
        for (uint8 scheme = SECP256K1; scheme <= P256; ++scheme) {
            Player memory player = makePlayer(scheme, scheme, foreignAccounts(), defaultTerms());
            bytes memory item = withGrant(player, makeGrant(player), signed(player, makeIntent(player, hit(scheme))));
            assertSuccess(runEncoded(player, item), "first move");
            assertEq(target.lastVisit().sender, player.account, "the account calls");
            assertEq(target.lastVisit().number, scheme, "with the arguments");
        }
    }

    /// behavior: both schemes and both kinds of account execute, one call or several, in order.
    function testFuzz_ExecutesCallsInOrder(uint8 kind, uint256 count, uint256 seed) public {
        count = bound(count, 1, 32);
        Player memory player = makeActivePlayer(1, kind % 2 == 0 ? P256 : SECP256K1, foreignAccounts());
        Call[] memory calls = new Call[](count);
        for (uint256 i; i < count; ++i) {
            calls[i] = Call(address(target), 0, hit(uint256(keccak256(abi.encode(seed, i)))));
        }
        Intent memory intent = makeIntent(player, calls);
        intent.callGas = 8_000_000;
        assertSuccess(run(player, intent), "intent");

        Target.Visit[] memory visits = target.visits();
        assertEq(visits.length, count, "visits");
        for (uint256 i; i < count; ++i) {
            assertEq(visits[i].sender, player.account, "sender");
            assertEq(visits[i].number, uint256(keccak256(abi.encode(seed, i))), "number");
        }
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.cells[0], count, "uses");
        assertEq(session.nextSequence, 1, "sequence");
    }

    /// behavior: calls of different entries, with and without value, count separately.
    function testFuzz_CountsEachEntry(uint128 value) public {
        value = uint128(bound(value, 0, 1 ether));
        Player memory player = makeActivePlayer(1);
        vm.deal(player.account, 5 ether);
        Call[] memory calls = new Call[](3);
        calls[0] = Call(address(target), 0, hit(1));
        calls[1] = Call(address(target), value, abi.encodeCall(Target.pay, (2)));
        calls[2] = Call(address(target), 0, hit(3));
        Result memory result = run(player, makeIntent(player, calls));
        assertSuccess(result, "intent");

        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.cells[0], 2, "hits");
        assertEq(session.cells[1], 1, "pays");
        assertEq(result.counters, 2 | (1 << 19), "counters in the event");
        assertEq(meteredOf(player, 0), value, "spent");
        assertEq(address(target).balance, value, "received");
        assertEq(player.account.balance, 5 ether - value, "paid by the account");
    }

    /// behavior: lanes are independent of each other, each counts from 0.
    function testFuzz_LanesAreIndependent(uint32 lane) public {
        lane = uint32(bound(lane, 1, type(uint32).max));
        Player memory player = makeActivePlayer(1);
        assertSuccess(run(player, hit(1)), "lane 0");
        for (uint32 i; i < 3; ++i) {
            Intent memory intent = makeIntent(player, hit(2));
            (intent.lane, intent.sequence) = (lane, i);
            Result memory result = run(player, intent);
            assertSuccess(result, "other lane");
            assertEq(result.lane, lane, "lane in the event");
            assertEq(result.sequence, i, "sequence in the event");
        }
        assertEq(manager.laneSequenceOf(player.sessionId, lane), 3, "other lane");
        assertEq(manager.laneSequenceOf(player.sessionId, 0), 1, "lane 0 unchanged");
        assertEq(manager.sessionOf(player.sessionId).cells[0], 4, "uses are shared");
    }

    /// behavior: many players, several intents of one player, and several sections share a bundle.
    function test_ExecutesManyPlayersAndSections() public {
        Player memory first = makeActivePlayer(1, P256, false);
        Player memory second = makeActivePlayer(2, SECP256K1, true);
        Intent memory next = makeIntent(first, hit(11));
        next.sequence = 1;
        bytes memory sections = bytes.concat(
            section(first, two(signed(first, makeIntent(first, hit(10))), signed(first, next))),
            section(second, one(signed(second, makeIntent(second, hit(20)))))
        );
        Result[] memory results = run(sections);
        assertEq(results.length, 3, "results");
        for (uint256 i; i < 3; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(target.visits()[1].number, 11, "order");
        assertEq(target.visits()[2].sender, second.account, "second player");
    }

    /// behavior: the digests that the contract tells are those that wallets and keys compute.
    function test_Digests() public {
        Player memory player = makePlayer(1);
        Player memory second = copy(player);
        useKey(second, SECP256K1, 0xf00d);
        bytes32 domain = SignedData.domainOf(address(manager));
        bytes32 termsHash = SignedData.hashTerms(player.session.terms);
        bytes32 session = SignedData.digest(domain, sessionHashOf(player));
        assertEq(manager.hashSession(player.session, termsHash), session, "session");

        (Session[] memory sessions, bytes32[] memory hashes) = (new Session[](2), new bytes32[](2));
        (sessions[0], sessions[1]) = (player.session, second.session);
        (hashes[0], hashes[1]) = (sessionHashOf(player), sessionHashOf(second));
        (bytes32[] memory termsHashes, bytes32[] memory ended) = (new bytes32[](2), new bytes32[](1));
        (termsHashes[0], termsHashes[1], ended[0]) = (termsHash, termsHash, player.sessionId);
        bytes32 batch = SignedData.digest(domain, SignedData.hashSessions(hashes, ended));
        assertEq(manager.hashSessions(sessions, termsHashes, ended), batch, "sessions");

        Intent memory intent = makeIntent(player, calls2(Call(address(target), 7, hit(1)), Call(studio, 0, "")));
        assertEq(manager.hashIntent(intent), intentDigest(intent), "intent");
        assertEq(manager.hashRevocation(player.account, player.sessionId), revocationDigest(player), "revocation");
        assertEq(manager.sessionIdOf(identityOf(player)), player.sessionId, "id");
        assertEq(manager.sessionIdOf(identityOf(second)), second.sessionId, "id of the other scheme");
    }

    /// behavior: a granted session can be granted again in any bundle without effect.
    function test_GrantIsIdempotent() public {
        Player memory player = makeActivePlayer(1);
        OwnerGrant memory again = makeGrant(player);
        run(player, hit(1));
        vm.recordLogs();
        manager.execute(section(player, one(grantItem(player, again))));
        assertEq(vm.getRecordedLogs().length, 0, "no event");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 1, "state kept");
        again.signature = "";
        bytes memory item = withGrant(player, again, signed(player, makeIntent(player, hit(2))));
        assertSuccess(runEncoded(player, item), "nothing left to sign for, and the intent runs");
    }

    /// error: a bundle must contain something.
    function test_RevertsWhenEmpty() public {
        vm.expectRevert(ISessionManager.EmptyBundle.selector);
        manager.execute("");
    }

    /// error: the manager takes no value, in no way.
    function test_RefusesValue() public {
        vm.deal(address(this), 1 ether);
        (bool paid,) = address(manager).call{value: 1}("");
        assertTrue(!paid, "no receive");
        (paid,) = address(manager).call{value: 1}(abi.encodeCall(manager.execute, (hex"00")));
        assertTrue(!paid, "execute is not payable");
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteOfForeignAccountTest is ExecuteTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
