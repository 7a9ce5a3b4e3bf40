// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {OwnerGrant, Player, Playground} from "../Playground.sol";

/// @notice Several sessions granted, and others ended, by one signature of the owner.
contract BatchTest is Playground {
    /// @dev The same account with another key.
    function _sibling(Player memory player, uint8 scheme, uint256 key) private pure returns (Player memory sibling) {
        sibling = copy(player);
        useKey(sibling, scheme, key);
    }

    function _status(Player memory player) private view returns (uint256) {
        return manager.sessionOf(idOf(player)).status;
    }

    function _three() private returns (Player[] memory players) {
        players = new Player[](3);
        players[0] = makePlayer(1);
        players[1] = _sibling(players[0], SECP256K1, 0xf00d);
        players[2] = _sibling(players[0], P256, 0xbeef);
        useNoPolicy(players[2], termsOf(permissionOf(address(target), "hit(uint256)", 2)));
        players[2].session.validUntil += 2 hours;
    }

    /// behavior: one signature grants sessions of different keys, policies, terms and windows; in any order, at any time.
    function test_SeveralSessions() public {
        Player[] memory players = _three();
        OwnerGrant[] memory grants = makeBatch(players, nobody());
        for (uint256 i = 3; i != 0; --i) {
            Player memory player = players[i - 1];
            assertGranted(player, grants[i - 1], "granted");
            assertEq(_status(player), 1, "active");
            assertSuccess(run(player, hit(i)), "works");
        }
        assertEq(manager.sessionOf(players[2].sessionId).validUntil, players[2].session.validUntil, "its own window");
    }

    /// behavior: all in one bundle, which also creates the account, each with an intent.
    function test_InOneBundle() public {
        Player[] memory players = _three();
        OwnerGrant[] memory grants = makeBatch(players, nobody());
        bytes memory sections;
        for (uint256 i; i < 3; ++i) {
            bytes memory intent = signed(players[i], makeIntent(players[i], hit(i)));
            sections = bytes.concat(sections, section(players[i], one(withGrant(players[i], grants[i], intent))));
        }
        for (uint256 i; i < 3; ++i) {
            uint256 state = vm.snapshotState();
            assertSuccess(run(sections)[i], "works");
            vm.revertToState(state);
        }
    }

    /// Guarantee: the signature is over all sessions in their order, and over all that end: nothing can be added, left out,
    /// moved, or exchanged.
    function test_ListIsSignedAsAWhole() public {
        Player[] memory players = _three();
        Player memory former = _sibling(players[0], P256, 0xf0);
        OwnerGrant[] memory grants = makeBatch(players, one(former));
        if (!players[0].foreign) factory.createAccount(ownerOf(players[0]));
        bytes32[] memory hashes = new bytes32[](3);
        for (uint256 i; i < 3; ++i) {
            hashes[i] = sessionHashOf(players[i]);
        }
        _assertForged(players[0], grants[0], encodeBatch(hashes, 1, one(former)), "position");
        _assertForged(players[0], grants[0], encodeBatch(hashes, 0, nobody()), "nothing ended");
        _assertForged(players[0], grants[0], encodeBatch(hashes, 0, two(former, former)), "more ended");
        _assertForged(players[0], grants[0], encodeBatch(hashes, 0, one(players[1])), "another ended");
        _assertForged(players[0], grants[0], "", "alone");
        (hashes[1], hashes[2]) = (hashes[2], hashes[1]);
        _assertForged(players[0], grants[0], encodeBatch(hashes, 0, one(former)), "order");
        assembly ("memory-safe") {
            mstore(hashes, 2)
        }
        _assertForged(players[0], grants[0], encodeBatch(hashes, 0, one(former)), "one left out");
        bytes memory batch = grants[0].batch;
        grants[0].batch = abi.encodePacked(uint16(0), uint8(0));
        assertRefused(players[0], grants[0], ISessionManager.NotInBatch.selector, "nothing at all");
        grants[0].batch = batch;

        Player memory forger = _sibling(players[0], P256, 0xbad);
        assertRefused(forger, grants[0], ISessionManager.InvalidOwnerSignature.selector, "another key");
        assertGranted(players[0], grants[0], "as signed");
    }

    /// Guarantee: the signature of a batch grants the sessions in it, and no other that is only sent along with it.
    function test_SessionMustBeInTheBatch() public {
        Player[] memory players = _three();
        OwnerGrant[] memory grants = makeBatch(players, nobody());
        assertGranted(players[0], grants[0], "as signed");
        bytes32[] memory hashes = new bytes32[](3);
        for (uint256 i; i < 3; ++i) {
            hashes[i] = sessionHashOf(players[i]);
        }
        Player memory forger = _sibling(players[0], P256, 0xbad);
        useNoPolicy(forger, termsOf(permissionOf(address(target), "pay(uint256)", 524_287)));
        OwnerGrant memory forged = unsignedGrant(forger);
        forged.signature = grants[0].signature;
        for (uint256 position; position < 256; position += position < 4 ? 1 : 63) {
            forged.batch = encodeBatch(hashes, position, nobody());
            bytes memory sections = section(forger, one(grantItem(forger, forged)));
            // Refused by itself or with the whole bundle, as nobody honest makes such bytes.
            try manager.execute(sections) {} catch {}
            assertEq(_status(forger), 0, "granted without the owner");
        }
    }

    function _assertForged(Player memory player, OwnerGrant memory grant_, bytes memory batch, string memory what)
        private
    {
        bytes memory original = grant_.batch;
        grant_.batch = batch;
        assertRefused(player, grant_, ISessionManager.InvalidOwnerSignature.selector, what);
        grant_.batch = original;
    }

    /// Guarantee: a signature for one session is none for a batch of it, and the other way round.
    function test_AloneIsAnotherSignature() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory batched = makeBatch(one(player), nobody())[0];
        OwnerGrant memory alone = makeGrant(player);
        if (!player.foreign) factory.createAccount(ownerOf(player));
        (batched.signature, alone.signature) = (alone.signature, batched.signature);
        assertRefused(player, batched, ISessionManager.InvalidOwnerSignature.selector, "batched");
        assertRefused(player, alone, ISessionManager.InvalidOwnerSignature.selector, "alone");
        (batched.signature, alone.signature) = (alone.signature, batched.signature);
        assertGranted(player, batched, "a batch of one");
    }

    /// Guarantee: each session of a batch has its own deadline and window, whatever becomes of the others.
    function test_EachStandsForItself() public {
        Player[] memory players = _three();
        players[1].session.grantDeadline += 10 minutes;
        players[2].session.validUntil = players[2].session.validAfter;
        OwnerGrant[] memory grants = makeBatch(players, nobody());
        vm.warp(players[0].session.grantDeadline);
        assertRefused(players[0], grants[0], ISessionManager.GrantExpired.selector, "too late");
        assertGranted(players[1], grants[1], "in time");
        assertRefused(players[2], grants[2], ISessionManager.InvalidWindow.selector, "never good");
    }

    // ── Rotation ──────────────────────────────────────────────────────────────

    /// behavior: a new key takes over: the old session ends when the new one begins, with one signature.
    function test_Rotation() public {
        Player memory old = makeActivePlayer(1);
        assertSuccess(run(old, hit(1)), "old key");
        Player memory next = _sibling(old, SECP256K1, 0xf00d);
        OwnerGrant memory grant_ = makeBatch(one(next), one(old))[0];
        bytes memory sections = section(next, one(grantItem(next, grant_)));
        vm.expectEmit(true, true, true, true);
        emit ISessionManager.SessionRevoked(old.sessionId, old.account, old.account);
        manager.execute(sections);
        assertEq(_status(old), 2, "ended");
        assertEq(_status(next), 1, "began");
        assertRejection(run(old, hit(2)), ISessionManager.RevokedSession.selector, "old key");
        assertSuccess(run(next, hit(2)), "new key");
        assertRefused(old, makeGrant(old), ISessionManager.RevokedSession.selector, "the old one for ever");
    }

    /// behavior: sessions of any policy, table, scheme and epoch end, granted or not; repeating changes nothing.
    function test_EndsSeveral() public {
        Player memory first = makeActivePlayer(1);
        Player memory second = _sibling(first, SECP256K1, 0xf00d);
        useNoPolicy(second, termsOf(permissionOf(address(target), "hit(uint256)", 2)));
        Player memory next = _sibling(first, P256, 0xbeef);
        OwnerGrant memory grant_ = makeBatch(one(next), two(first, second))[0];
        assertGranted(next, grant_, "granted");
        assertEq(_status(first), 2, "first");
        assertEq(_status(second), 2, "second, which was never granted");
        assertRefused(second, ISessionManager.RevokedSession.selector, "nor can be");
        vm.recordLogs();
        manager.execute(section(next, one(grantItem(next, grant_))));
        assertEq(vm.getRecordedLogs().length, 0, "repeated");
    }

    /// Guarantee: nothing ends unless the grant succeeds: a stale or forged rotation leaves the old session as it is.
    function test_RefusedRotationEndsNothing() public {
        Player memory old = makeActivePlayer(1);
        Player memory next = _sibling(old, SECP256K1, 0xf00d);
        OwnerGrant memory grant_ = makeBatch(one(next), one(old))[0];
        bytes memory signature = grant_.signature;
        grant_.signature = flip(signature, 3);
        assertRefused(next, grant_, ISessionManager.InvalidOwnerSignature.selector, "forged");
        grant_.signature = signature;
        vm.warp(grant_.grantDeadline);
        assertRefused(next, grant_, ISessionManager.GrantExpired.selector, "late");
        assertEq(_status(old), 1, "still active");
        assertSuccess(run(old, hit(1)), "works");
    }

    /// Guarantee: a rotation ends sessions of its own account only, and never the one that it grants.
    function test_OnlyOfItsAccount() public {
        Player memory victim = makeActivePlayer(1);
        Player memory attacker = makeActivePlayer(2);
        Player memory next = _sibling(attacker, SECP256K1, 0xf00d);
        // Under the attacker's account, the victim's identity is another id, which is not what was signed.
        OwnerGrant memory grant_ = makeBatch(one(next), one(victim))[0];
        assertRefused(next, grant_, ISessionManager.InvalidOwnerSignature.selector, "of another account");
        Player memory impostor = copy(victim);
        (impostor.account, impostor.session.account) = (attacker.account, attacker.account);
        assertGranted(next, makeBatch(one(next), one(impostor))[0], "an id of the attacker's own");
        assertEq(_status(victim), 1, "active");

        Player memory self = _sibling(attacker, P256, 0xbeef);
        assertGranted(self, makeBatch(one(self), one(self))[0], "naming itself");
        assertEq(_status(self), 1, "granted all the same");
    }

    /// behavior: a renewal may be part of a batch, and end others.
    function test_RenewalInABatch() public {
        Player memory player = makeActivePlayer(1);
        Player memory second = _sibling(player, SECP256K1, 0xf00d);
        grant(second);
        assertSuccess(run(player, hit(1)), "used");
        player.session.validUntil += 1;
        assertGranted(player, makeBatch(one(player), one(second))[0], "renewed");
        assertCell(player, 0, 1, "carried over");
        assertEq(_status(second), 2, "ended");
    }

    /// Guarantee: an account that grants by calling needs no signature for a batch either, and ends what it names.
    function test_ByTheAccountItself() public {
        Player memory old = makeActivePlayer(1);
        Player memory next = _sibling(old, SECP256K1, 0xf00d);
        OwnerGrant memory grant_ = makeBatch(one(next), one(old))[0];
        grant_.signature = "";
        assertRefused(next, grant_, ISessionManager.InvalidOwnerSignature.selector, "a stranger");
        bytes memory sections = section(next, one(grantItem(next, grant_)));
        operate(next, address(manager), abi.encodeCall(manager.execute, (sections)));
        assertEq(_status(next), 1, "granted");
        assertEq(_status(old), 2, "ended");
    }

    /// behavior: as many sessions as an item can name, and no memory left over for the next item.
    function test_LargeBatch() public {
        Player memory player = makePlayer(1);
        Player[] memory players = new Player[](40);
        for (uint256 i; i < players.length; ++i) {
            players[i] = _sibling(player, SECP256K1, 1 + i);
        }
        OwnerGrant[] memory grants = makeBatch(players, nobody());
        bytes[] memory items = new bytes[](players.length);
        for (uint256 i; i < players.length; ++i) {
            items[i] = grantItem(players[i], grants[i]);
        }
        manager.execute(section(player, items));
        for (uint256 i; i < players.length; ++i) {
            assertEq(_status(players[i]), 1, "active");
        }
    }
}

/// @notice The same for somebody else's accounts.
contract BatchOfForeignAccountTest is BatchTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
