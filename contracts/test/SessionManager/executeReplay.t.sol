// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {SessionIdentity} from "../../src/types/Session.sol";
import {Intent} from "../../src/types/Intent.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice What others can do with bytes that they have seen: in the mempool, in old blocks, on other chains.
contract ExecuteReplayTest is Playground {
    /// @dev Another session of the same account and key.
    function _sibling(Player memory player) private returns (Player memory sibling) {
        sibling = copy(player);
        useNoPolicy(sibling, termsOf(permissionOf(address(target), "hit(uint256)", 7)));
        grant(sibling);
    }

    function _forged(Player memory player, Intent memory intent, bytes memory signature)
        private
        returns (Result memory)
    {
        return runEncoded(player, encodeIntent(player, intent, signature));
    }

    function _sign(Player memory player, Intent memory intent) private view returns (bytes memory) {
        return signAsKey(player.session.key.scheme, player.sessionKey, intentDigest(intent));
    }

    // ── Replay ────────────────────────────────────────────────────────────────

    /// Guarantee: what a key signed for one session is worth nothing for another of the same account and key.
    function test_OtherSession() public {
        Player memory player = makeActivePlayer(1);
        Player memory sibling = _sibling(player);
        Intent memory intent = makeIntent(player, hit(1));
        bytes memory signature = _sign(player, intent);
        bytes4 reason = ISessionManager.InvalidKeySignature.selector;
        assertRejection(_forged(sibling, intent, signature), reason, "the sibling's");
        assertSuccess(_forged(player, intent, signature), "its own");
        assertEq(manager.sessionOf(sibling.sessionId).nextSequence, 0, "nothing used up");
    }

    /// Guarantee: what was executed before a renewal is not executed again after it; what was not still can be.
    function test_AcrossRenewal() public {
        Player memory player = makeActivePlayer(1);
        bytes memory done = signed(player, makeIntent(player, hit(1)));
        assertSuccess(runEncoded(player, done), "before");
        bytes memory pending = signed(player, makeIntent(player, hit(2)));
        player.session.validUntil += 1 hours;
        grant(player);
        assertRejection(runEncoded(player, done), ISessionManager.SequenceUsed.selector, "again");
        assertSuccess(runEncoded(player, pending), "after");
        assertEq(target.visitCount(), 2, "visits");
    }

    /// Guarantee: nor after the account has ended all its sessions, and the same key has a new one.
    function test_AcrossEpochs() public {
        Player memory player = makeActivePlayer(1);
        Intent memory intent = makeIntent(player, hit(1));
        bytes memory signature = _sign(player, intent);
        operate(player, address(manager), abi.encodeCall(manager.revokeAll, ()));
        assertTrue(!_forged(player, intent, signature).success, "of the ended session");
        Player memory renewed = copy(player);
        useEpoch(renewed, 1);
        grant(renewed);
        bytes4 reason = ISessionManager.InvalidKeySignature.selector;
        assertRejection(_forged(renewed, intent, signature), reason, "under the new session");
        assertEq(target.visitCount(), 0, "no visit");
    }

    /// Guarantee: in whatever order, how often and in which bundles intents are submitted: each executes at most once, and
    /// those of a lane in the order in which they were signed.
    function testFuzz_OrderOfSubmission(uint256 seed) public {
        Player memory player = makeActivePlayer(1);
        bytes[] memory items = new bytes[](6);
        for (uint32 i; i < 6; ++i) {
            Intent memory intent = makeIntent(player, hit(i));
            (intent.lane, intent.sequence) = (i % 2, i / 2);
            items[i] = signed(player, intent);
        }
        uint256[2] memory next;
        for (uint256 round; round < 6; ++round) {
            bytes[] memory bundle = new bytes[](1 + (uint256(keccak256(abi.encode(seed, round))) % 3));
            bool[] memory expected = new bool[](bundle.length);
            for (uint256 i; i < bundle.length; ++i) {
                uint256 chosen = uint256(keccak256(abi.encode(seed, round, i))) % 6;
                bundle[i] = items[chosen];
                expected[i] = chosen / 2 == next[chosen % 2];
                if (expected[i]) ++next[chosen % 2];
            }
            Result[] memory results = run(section(player, bundle));
            for (uint256 i; i < bundle.length; ++i) {
                assertTrue(results[i].executed == expected[i], "executed when it was its turn");
            }
        }
        Target.Visit[] memory visits = target.visits();
        assertEq(visits.length, next[0] + next[1], "each once");
        for (uint256 lane; lane < 2; ++lane) {
            uint256 number = lane;
            for (uint256 i; i < visits.length; ++i) {
                if (visits[i].number % 2 != lane) continue;
                assertEq(visits[i].number, number, "in order");
                number += 2;
            }
        }
    }

    /// Guarantee: the end of a session is signed for one chain and one instance of the manager as well: though session ids
    /// are the same everywhere, nobody ends a session elsewhere.
    function test_RevocationsElsewhere() public {
        Player memory player = makeActivePlayer(1);
        bytes memory signature = signRevocation(player);
        SessionIdentity memory identity = identityOf(player);
        bytes memory refusal = abi.encodeWithSelector(ISessionManager.InvalidKeySignature.selector, player.sessionId);
        vm.chainId(7);
        vm.expectRevert(refusal);
        manager.revokeByKey(identity, signature);
        vm.chainId(31_337);
        ISessionManager other = deployManager();
        vm.expectRevert(refusal);
        other.revokeByKey(identity, signature);
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
        manager.revokeByKey(identity, signature);
        assertEq(manager.sessionOf(player.sessionId).status, 2, "ended here");
    }

    // ── Front-running ─────────────────────────────────────────────────────────

    /// Guarantee: whoever sends somebody's bundle first does just what it would have done; the late one changes nothing.
    function test_WholeBundleFirst() public {
        Player memory player = makePlayer(1);
        bytes memory item = withGrant(player, makeGrant(player), signed(player, makeIntent(player, hit(1))));
        bytes memory bundle = section(player, one(item));
        vm.prank(stranger);
        manager.execute(bundle);
        bytes32 after_ = keccak256(abi.encode(manager.sessionOf(player.sessionId)));
        assertEq(target.lastVisit().sender, player.account, "the account's call all the same");
        assertRejection(run(bundle)[0], ISessionManager.SequenceUsed.selector, "late");
        assertEq(keccak256(abi.encode(manager.sessionOf(player.sessionId))), after_, "as it was");
        assertEq(target.visitCount(), 1, "once");
    }

    /// Guarantee: nor is anything lost when only parts of a bundle are sent first, in any order; or the account is created,
    /// or paid, before.
    function test_PartsFirst() public {
        Player memory player = makePlayer(1);
        Intent memory second = makeIntent(player, hit(2));
        second.sequence = 1;
        bytes memory first = signed(player, makeIntent(player, hit(1)));
        OwnerGrant memory grant_ = makeGrant(player);
        bytes memory bundle = section(player, two(withGrant(player, grant_, first), signed(player, second)));
        for (uint256 i; i < 4; ++i) {
            uint256 state = vm.snapshotState();
            vm.startPrank(stranger);
            vm.deal(player.account, 1 ether);
            if (i == 0) manager.execute(section(player, one(grantItem(player, grant_))));
            if (i == 1) manager.execute(section(player, two(signed(player, second), first)));
            if (i == 2) manager.execute(section(player, two(signed(player, second), grantItem(player, grant_))));
            if (i == 3) factory.createAccount(ownerOf(player));
            vm.stopPrank();
            Result[] memory results = run(bundle);
            assertEq(results.length, 2, "results");
            assertSuccess(results[0], "first");
            assertSuccess(results[1], "second");
            assertEq(target.visitCount(), 2, "visits");
            vm.revertToState(state);
        }
    }

    /// Guarantee: sending it with too little gas first uses up nothing.
    function testFuzz_TooLittleGasFirst(uint256 gas) public {
        Player memory player = makePlayer(1);
        bytes memory item = withGrant(player, makeGrant(player), signed(player, makeIntent(player, hit(1))));
        bytes memory data = abi.encodeCall(manager.execute, (section(player, one(item))));
        vm.prank(stranger);
        (bool accepted,) = address(manager).call{gas: bound(gas, 30_000, 1_500_000)}(data);
        assertEq(target.visitCount(), accepted ? 1 : 0, "as a whole or not");
        Result[] memory results = run(section(player, one(item)));
        if (!accepted) assertSuccess(results[0], "nothing was lost");
        assertEq(target.visitCount(), 1, "once");
    }

    /// Guarantee: an older grant that is sent after a newer one, of more or less time, takes nothing back and gives no more.
    function test_OlderGrantLater() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory older = makeGrant(player);
        player.session.validUntil += 1 hours;
        OwnerGrant memory newer = makeGrant(player);
        assertGranted(player, newer, "newer first");
        assertRefused(player, older, ISessionManager.RenewalNotLater.selector, "older later");
        assertEq(manager.sessionOf(player.sessionId).validUntil, player.session.validUntil, "as the newer says");
    }

    /// Guarantee: a session that was ended before its grant arrived never begins, whoever is quicker.
    function test_RevocationFirst() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        manager.revokeByKey(identityOf(player), signRevocation(player));
        bytes memory item = withGrant(player, grant_, signed(player, makeIntent(player, hit(1))));
        assertRejection(runEncoded(player, item), ISessionManager.RevokedSession.selector, "ended");
        assertEq(target.visitCount(), 0, "no visit");
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteReplayOfForeignAccountTest is ExecuteReplayTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
