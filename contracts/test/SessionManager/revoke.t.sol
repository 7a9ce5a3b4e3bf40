// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {KeySignature} from "../../src/types/KeySignature.sol";
import {Key, SessionIdentity} from "../../src/types/Session.sol";
import {SignedData} from "../encoding/SignedData.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";

/// @notice The ways to end a session.
contract RevokeTest is Playground {
    function _assertRevoked(Player memory player) private {
        assertEq(manager.sessionOf(player.sessionId).status, 2, "status");
        assertRejection(run(player, hit(1)), ISessionManager.RevokedSession.selector, "intent");
    }

    /// @dev By the owner's wallet, as the account wants it.
    function _signByOwner(Player memory player) private view returns (bytes memory) {
        bytes32 revocation = SignedData.hashRevocation(player.account, player.sessionId);
        return signAsOwner(player, revocation, "Revocation", SignedData.revocationType());
    }

    /// behavior: the account, the policy's owner and its revokers may revoke; the event tells who did.
    function test_WhoMayRevoke() public {
        for (uint256 i; i < 3; ++i) {
            Player memory player = makeActivePlayer(i);
            address by = [player.account, studio, revoker][i];
            vm.expectEmit(true, true, true, true);
            emit ISessionManager.SessionRevoked(player.sessionId, player.account, by);
            vm.prank(by);
            manager.revoke(identityOf(player));
            _assertRevoked(player);
        }
    }

    /// Guarantee: nobody else may, whatever identity they name.
    function testFuzz_NobodyElseMay(address caller) public {
        Player memory player = makeActivePlayer(1);
        if (caller == player.account || caller == studio || caller == revoker) return;
        SessionIdentity memory identity = identityOf(player);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, caller));
        manager.revoke(identity);
        identity.policyId = 0;
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, caller));
        manager.revoke(identity);
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
    }

    /// Guarantee: the revoker of one policy has no power over the sessions of another.
    function test_RevokersAreOfOnePolicy() public {
        Player memory player = makeActivePlayer(1);
        address[] memory revokers = new address[](1);
        revokers[0] = stranger;
        bytes32 other = manager.publish(stranger, revokers, 1 days, 0, abi.encode(defaultTerms()));
        SessionIdentity memory identity = identityOf(player);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, stranger));
        manager.revoke(identity);
        identity.policyId = other;
        vm.prank(stranger);
        manager.revoke(identity);
        assertEq(manager.sessionOf(player.sessionId).status, 1, "another session's tombstone, if anything");
    }

    /// behavior: revoking again changes and tells nothing.
    function test_IsIdempotent() public {
        Player memory player = makeActivePlayer(1);
        vm.prank(revoker);
        manager.revoke(identityOf(player));
        vm.recordLogs();
        vm.prank(studio);
        manager.revoke(identityOf(player));
        manager.revokeByKey(identityOf(player), signRevocation(player));
        assertEq(vm.getRecordedLogs().length, 0, "no event");
        _assertRevoked(player);
    }

    /// behavior: use is kept for the record.
    function test_KeepsTheRecord() public {
        Player memory player = makeActivePlayer(1);
        run(player, hit(1));
        vm.prank(revoker);
        manager.revoke(identityOf(player));
        assertEq(manager.sessionOf(player.sessionId).cells[0], 1, "uses");
        assertEq(manager.sessionOf(player.sessionId).validUntil, player.session.validUntil, "window");
    }

    /// behavior: the owner revokes by a signature that anyone relays.
    function test_ByOwner() public {
        Player memory player = makeActivePlayer(1);
        bytes memory signature = _signByOwner(player);
        vm.expectEmit(true, true, true, true);
        emit ISessionManager.SessionRevoked(player.sessionId, player.account, player.account);
        manager.revokeByOwner(identityOf(player), "", signature);
        _assertRevoked(player);
    }

    /// Guarantee: what was granted but not enabled yet can be revoked too, even before the account exists.
    function test_ByOwner_BeforeTheAccountExists() public {
        Player memory player = makePlayer(1, P256, false, defaultTerms());
        bytes memory signature = _signByOwner(player);
        SessionIdentity memory identity = identityOf(player);
        vm.expectRevert(abi.encodeWithSelector(ISessionManager.AccountNotDeployed.selector, player.account));
        manager.revokeByOwner(identity, "", signature);
        manager.revokeByOwner(identity, ownerOf(player), signature);
        assertRefused(player, ISessionManager.RevokedSession.selector, "grant");
    }

    /// Guarantee: nobody revokes for an account that does not exist yet by creating his own.
    function test_ByOwner_OfAnotherAccount() public {
        Player memory player = makePlayer(1, P256, false, defaultTerms());
        Player memory other = makePlayer(2, P256, false, defaultTerms());
        SessionIdentity memory identity = identityOf(player);
        bytes memory signature = _signByOwner(player);
        vm.expectRevert(abi.encodeWithSelector(ISessionManager.AccountMismatch.selector, player.account, other.account));
        manager.revokeByOwner(identity, ownerOf(other), signature);
        assertEq(other.account.code.length, 0, "nothing was created");
        assertEq(manager.sessionOf(player.sessionId).status, 0, "nothing was revoked");
    }

    /// Guarantee: only the owner's signature over this very revocation counts.
    function test_ByOwner_Forged() public {
        Player memory player = makeActivePlayer(1);
        Player memory other = makeActivePlayer(2);
        Player memory strangersOwn = copy(player);
        strangersOwn.ownerKey = 77;
        Player memory forOther = copy(player);
        forOther.sessionId = other.sessionId;
        bytes[4] memory signatures =
            [_signByOwner(strangersOwn), _signByOwner(forOther), makeGrant(player).signature, bytes("")];
        for (uint256 i; i < signatures.length; ++i) {
            SessionIdentity memory identity = identityOf(player);
            vm.expectRevert(abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, player.account));
            manager.revokeByOwner(identity, "", signatures[i]);
        }
    }

    /// behavior: the session key revokes itself (logging out), with either scheme.
    function test_ByKey() public {
        for (uint8 scheme = SECP256K1; scheme <= P256; ++scheme) {
            Player memory player = makeActivePlayer(scheme, scheme, foreignAccounts());
            bytes memory signature = signRevocation(player);
            vm.expectEmit(true, true, true, true);
            emit ISessionManager.SessionRevoked(player.sessionId, player.account, address(manager));
            manager.revokeByKey(identityOf(player), signature);
            _assertRevoked(player);
        }
    }

    /// Guarantee: only this key's signature over this very revocation counts; an intent's does not.
    function test_ByKey_Forged() public {
        Player memory player = makeActivePlayer(1);
        bytes memory signature = signRevocation(player);
        bytes[5] memory signatures = [
            signAsKey(P256, 0xbad, revocationDigest(player)),
            signAsKey(P256, player.sessionKey, intentDigest(makeIntent(player, hit(1)))),
            slice(signature, 0, 63),
            bytes.concat(signature, hex"00"),
            bytes("")
        ];
        for (uint256 i; i < signatures.length; ++i) {
            SessionIdentity memory identity = identityOf(player);
            vm.expectRevert(abi.encodeWithSelector(ISessionManager.InvalidKeySignature.selector, player.sessionId));
            manager.revokeByKey(identity, signatures[i]);
        }
        SessionIdentity memory forged = identityOf(player);
        forged.key = makeKey(P256, 0xbad);
        bytes memory theirs =
            signAsKey(P256, 0xbad, manager.hashRevocation(player.account, manager.sessionIdOf(forged)));
        manager.revokeByKey(forged, theirs);
        assertEq(manager.sessionOf(player.sessionId).status, 1, "a key revokes its own session only");
    }

    /// error: what is no key revokes nothing: of the wrong length, of no scheme, or nobody's.
    function test_ByKey_InvalidKey() public {
        Player memory player = makeActivePlayer(1);
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        Key[6] memory keys = [
            Key(SECP256K1, abi.encodePacked(address(0))),
            Key(SECP256K1, abi.encodePacked(x, y)),
            Key(P256, abi.encodePacked(stranger)),
            Key(P256, abi.encodePacked(x, y + 1)),
            Key(0, abi.encodePacked(stranger)),
            Key(3, abi.encodePacked(stranger))
        ];
        for (uint256 i; i < keys.length; ++i) {
            SessionIdentity memory identity = identityOf(player);
            identity.key = keys[i];
            vm.expectRevert(abi.encodeWithSelector(KeySignature.InvalidKey.selector, keys[i].scheme, keys[i].publicKey));
            manager.revokeByKey(identity, new bytes(64));
        }
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
    }

    /// behavior: the account ends all its sessions at once; new ones carry the next epoch.
    function test_All() public {
        Player memory player = makeActivePlayer(1);
        OwnerGrant memory old = makeGrant(player);
        vm.expectEmit(true, false, false, true);
        emit ISessionManager.EpochBumped(player.account, 1);
        operate(player, address(manager), abi.encodeCall(manager.revokeAll, ()));
        assertEq(manager.epochOf(player.account), 1, "epoch");
        Result memory result = run(player, hit(1));
        assertTrue(!result.success, "ended");
        assertEq(target.visitCount(), 0, "no visit");
        old.validUntil += 1;
        assertRefused(player, old, ISessionManager.EpochMismatch.selector, "renewing what has ended");
        Player memory pending = copy(player);
        useKey(pending, SECP256K1, 0xf00d);
        assertRefused(pending, ISessionManager.EpochMismatch.selector, "granted before, for the old epoch");

        useEpoch(player, 1);
        grant(player);
        assertSuccess(run(player, hit(2)), "new session");
    }

    /// Guarantee: a session that was granted before it starts ends with the others, though it starts later.
    function test_All_BeforeTheStart() public {
        Player memory player = makePlayer(1);
        player.session.validAfter = clock() + 1 hours;
        player.session.validUntil = clock() + 2 hours;
        grant(player);
        vm.warp(clock() + 30 minutes);
        operate(player, address(manager), abi.encodeCall(manager.revokeAll, ()));
        vm.warp(player.session.validAfter + 1);
        assertTrue(!run(player, hit(1)).success, "ended");
        assertEq(target.visitCount(), 0, "no visit");
    }

    /// Guarantee: one account's revokeAll touches no other account.
    function testFuzz_All_OnlyOfTheCaller(address caller) public {
        Player memory player = makeActivePlayer(1);
        if (caller == player.account) return;
        vm.prank(caller);
        manager.revokeAll();
        assertEq(manager.epochOf(player.account), 0, "epoch");
        assertSuccess(run(player, hit(1)), "goes on");
    }
}

/// @notice The same for somebody else's accounts.
contract RevokeOfForeignAccountTest is RevokeTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
