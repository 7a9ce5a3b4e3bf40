// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {KeySignature} from "../../src/types/KeySignature.sol";
import {Key} from "../../src/types/Session.sol";
import {Terms} from "../../src/types/Terms.sol";
import {Vm} from "../Base.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";
import {AnyModule} from "../targets/AnyModule.sol";

/// @notice Sessions with the terms of their policy.
contract GrantTest is Playground {
    /// @dev A copy that shares nothing with the original.
    function _copy(OwnerGrant memory grant_) private pure returns (OwnerGrant memory) {
        return abi.decode(abi.encode(grant_), (OwnerGrant));
    }

    /// behavior: what is stored is what was signed, and the event tells it.
    function testFuzz_StoresTheWindow(uint40 start, uint8 scheme) public {
        Player memory player = makePlayer(1, 1 + scheme % 2, foreignAccounts(), defaultTerms());
        start = uint40(bound(start, clock() - 1 days + 1, clock() + 365 days));
        player.session.validAfter = start;
        player.session.validUntil = start + 1 days;
        bytes memory sections = section(player, one(grantItem(player)));
        Key memory key = player.session.key;
        (bytes32 x, bytes32 y) = key.scheme == P256
            ? abi.decode(key.publicKey, (bytes32, bytes32))
            : (bytes32(uint256(uint160(bytes20(key.publicKey)))), bytes32(0));
        vm.expectEmit(true, true, true, true);
        emit ISessionManager.SessionGranted(
            player.sessionId,
            player.account,
            player.session.policyId,
            start | (uint256(start + 1 days) << 40) | (uint256(key.scheme) << 112),
            keccak256(player.table),
            x,
            y
        );
        manager.execute(sections);
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.status, 1, "status");
        assertEq(session.validAfter, start, "validAfter");
        assertEq(session.validUntil, start + 1 days, "validUntil");
        assertTrue(session.fast == !foreignAccounts(), "fast");
        for (uint256 i; i < 8; ++i) {
            assertEq(session.cells[i] + manager.laneSequenceOf(player.sessionId, uint32(i)), 0, "unused");
        }
    }

    /// Guarantee: windows that are empty, over, or too long cannot be granted.
    function test_Window() public {
        Player memory player = makePlayer(1);
        uint40 time = clock();
        uint40[2][5] memory windows =
            [[time, time], [time + 5, time + 5], [time + 2, time + 1], [time - 10, time], [time, uint40(0)]];
        for (uint256 i; i < windows.length; ++i) {
            (player.session.validAfter, player.session.validUntil) = (windows[i][0], windows[i][1]);
            assertRefused(player, ISessionManager.InvalidWindow.selector, "empty, reversed or over");
        }
        (player.session.validAfter, player.session.validUntil) = (time, time + 1 days + 1);
        assertRefused(player, ISessionManager.DurationTooLong.selector, "longer than the policy");
        player.session.validUntil = type(uint40).max;
        player.session.validAfter = type(uint40).max - 1 days;
        assertGranted(player, makeGrant(player), "far future does not overflow");
    }

    /// Guarantee: the owner's signature enables nothing from its deadline on.
    function test_GrantDeadline() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        vm.warp(player.session.grantDeadline);
        assertRefused(player, grant_, ISessionManager.GrantExpired.selector, "at the deadline");
        vm.warp(player.session.grantDeadline - 1);
        assertGranted(player, grant_, "a second before");
    }

    /// Guarantee: every field of the session is signed: whatever a relayer changes, nothing is granted.
    function test_EveryFieldIsSigned() public {
        Player memory player = makePlayer(1);
        Player memory other = makeActivePlayer(2);
        OwnerGrant memory original = makeGrant(player);
        if (!player.foreign) factory.createAccount(ownerOf(player));
        bytes4 invalid = ISessionManager.InvalidOwnerSignature.selector;

        Player memory forger = copy(player);
        useKey(forger, P256, 0xbad);
        assertRefused(forger, original, invalid, "key");
        useKey(forger, SECP256K1, 0xbad);
        assertRefused(forger, original, invalid, "scheme");
        OwnerGrant memory forged = _copy(original);
        forged.validAfter -= 1;
        assertRefused(player, forged, invalid, "validAfter");
        forged = _copy(original);
        forged.validUntil += 1;
        assertRefused(player, forged, invalid, "validUntil");
        forged = _copy(original);
        forged.grantDeadline += 1;
        assertRefused(player, forged, invalid, "grantDeadline");
        forger = copy(player);
        useEpoch(forger, 1);
        assertRefused(forger, original, ISessionManager.EpochMismatch.selector, "epoch");
        forger = copy(player);
        useOwnTerms(forger, termsOf(permissionOf(address(target), "hit(uint256)", 999)));
        forged = unsignedGrant(forger);
        forged.signature = original.signature;
        assertRefused(forger, forged, invalid, "terms");
        forger = copy(player);
        useNoPolicy(forger, defaultTerms());
        forged = unsignedGrant(forger);
        forged.signature = original.signature;
        assertRefused(forger, forged, invalid, "policy");
        forged = _copy(original);
        forged.signature = flip(original.signature, 5);
        assertRefused(player, forged, invalid, "signature");
        forged.signature = slice(original.signature, 0, 64);
        assertRefused(player, forged, invalid, "length");
        forger = copy(player);
        forger.session.account = other.account;
        assertRefused(forger, original, invalid, "account");
        assertEq(manager.sessionOf(player.sessionId).status, 0, "nothing granted");
        assertGranted(player, original, "the original");
    }

    /// Guarantee: whichever bit of a bundle is flipped, what is granted is what was signed, or nothing.
    function testFuzz_AnyFlippedBit(uint256 position, uint8 bit) public {
        Player memory player = makePlayer(1);
        bytes memory sections = section(player, one(grantItem(player)));
        position = bound(position, 0, sections.length - 1);
        sections[position] ^= bytes1(uint8(1 << (bit % 8)));
        vm.recordLogs();
        try manager.execute(sections) {} catch {}
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISessionManager.SessionGranted.selector) {
                assertEq(logs[i].topics[1], player.sessionId, "no other session");
            }
        }
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        if (session.status == 0) return;
        assertEq(session.validAfter, player.session.validAfter, "start");
        assertEq(session.validUntil, player.session.validUntil, "end");
    }

    /// Guarantee: a grant is for one chain, and for one instance of the module.
    function test_ModuleIsSigned() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        ISessionManager original = manager;
        manager = deployManager();
        assertEq(publish(defaultTerms()), player.session.policyId, "same policy");
        if (player.foreign) install(player.account, 2, address(manager));
        bytes4 reason =
            player.foreign ? ISessionManager.InvalidOwnerSignature.selector : ISessionManager.AccountMismatch.selector;
        assertRefused(player, grant_, reason, "another module");
        manager = original;
        assertGranted(player, grant_, "its own");
    }

    /// Guarantee: a grant is for one chain.
    function test_ChainIsSigned() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        vm.chainId(1);
        assertRefused(player, grant_, ISessionManager.InvalidOwnerSignature.selector, "chain");
    }

    /// Guarantee: revoked is for ever: the same signature, or a new one for the same session, revives nothing.
    function test_RevokedStaysRevoked() public {
        Player memory player = makePlayer(1);
        OwnerGrant memory grant_ = makeGrant(player);
        vm.prank(revoker);
        manager.revoke(identityOf(player));
        assertRefused(player, grant_, ISessionManager.RevokedSession.selector, "revoked before it was granted");
        player.session.validUntil += 1;
        assertRefused(player, ISessionManager.RevokedSession.selector, "new signature");
    }

    /// Guarantee: no key that nobody, or everybody, could sign for.
    function test_InvalidKeys() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        uint256 p = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF;
        Key[6] memory keys = [
            Key(SECP256K1, abi.encodePacked(address(0))),
            Key(P256, abi.encodePacked(uint256(0), uint256(0))),
            Key(P256, abi.encodePacked(x, y + 1)),
            Key(P256, abi.encodePacked(p, y)),
            Key(P256, abi.encodePacked(x, p)),
            Key(P256, abi.encodePacked(type(uint256).max, type(uint256).max))
        ];
        Player memory player = makePlayer(1);
        for (uint256 i; i < keys.length; ++i) {
            player.session.key = keys[i];
            refresh(player);
            assertRefused(player, KeySignature.InvalidKey.selector, "key");
        }
    }

    /// error: policies that do not exist, or are paused.
    function test_Policy() public {
        Player memory player = makePlayer(1);
        bytes32 policyId = player.session.policyId;
        player.session.policyId = keccak256("nowhere");
        assertRefused(player, IPolicyRegistry.UnknownPolicy.selector, "unknown");
        player.session.policyId = policyId;
        vm.startPrank(studio);
        manager.pause(policyId);
        assertRefused(player, IPolicyRegistry.PolicyIsPaused.selector, "paused");
        manager.unpause(policyId);
        vm.stopPrank();
        (player.session.validUntil, player.session.grantDeadline) = (clock() + 2 hours, clock() + 2 hours);
        vm.warp(clock() + 1 hours - 1);
        assertRefused(player, IPolicyRegistry.PolicyIsPaused.selector, "until the delay is over");
        vm.warp(clock() + 1);
        assertGranted(player, makeGrant(player), "lifted");
    }

    /// Guarantee: the table of the section is the policy's, to the bit: a session never commits to another one.
    function test_TableIsThePolicys() public {
        Player memory player = makePlayer(1);
        Player memory forger = copy(player);
        // A thousand calls become more, the reserved cells move, a target changes: all within what can be parsed.
        uint256[3] memory positions = [uint256(29), 1, 12];
        for (uint256 i; i < positions.length; ++i) {
            forger.table = flip(player.table, positions[i]);
            assertRefused(forger, ISessionManager.TableMismatch.selector, "table");
        }
        assertGranted(player, makeGrant(player), "the policy's");
    }

    /// Guarantee: an account that does not exist is only created from the very owner its address commits to,
    /// and signatures that bring their own deployment (ERC-6492) are not understood.
    function test_AccountMustExist() public {
        Player memory player = makePlayer(1, P256, false, defaultTerms());
        OwnerGrant memory grant_ = makeGrant(player);
        grant_.owner = "";
        assertRefused(player, grant_, ISessionManager.AccountNotDeployed.selector, "no owner");
        grant_.owner = abi.encodePacked(stranger);
        assertRefused(player, grant_, ISessionManager.AccountMismatch.selector, "other owner");
        assertEq(player.account.code.length, 0, "the account was not created");
        grant_.owner = hex"1234";
        assertRefused(player, grant_, IPlayerAccount.InvalidSigner.selector, "bad owner");
        grant_.owner = "";
        grant_.signature = abi.encodePacked(
            abi.encode(address(factory), abi.encodeCall(factory.createAccount, (ownerOf(player))), grant_.signature),
            bytes32(0x6492649264926492649264926492649264926492649264926492649264926492)
        );
        assertRefused(player, grant_, ISessionManager.AccountNotDeployed.selector, "ERC-6492");
    }

    /// behavior: creating is skipped for an account that exists, whatever owner is given.
    function test_AccountExists() public {
        Player memory player = makePlayer(1, P256, false, defaultTerms());
        factory.createAccount(ownerOf(player));
        OwnerGrant memory grant_ = makeGrant(player);
        grant_.owner = hex"1234";
        assertGranted(player, grant_, "granted");
    }

    /// Guarantee: a session never calls its own account, even if the policy that it is granted from names it.
    function test_OwnAccountIsForbidden() public {
        Player memory victim = makePlayer(7, P256, false, defaultTerms());
        Terms memory terms = termsOf(
            permissionOf(victim.account, "addSigner(bytes)", 10), permissionOf(address(target), "hit(uint256)", 10)
        );
        Player memory player = makePlayer(7, P256, false, terms);
        assertEq(player.account, victim.account, "same account");
        assertRefused(player, ITermsCompiler.ForbiddenTarget.selector, "own account");
        Player memory other = makePlayer(8, terms);
        assertGranted(other, makeGrant(other), "somebody else's");
    }

    /// Guarantee: no policy leads to the factory or the implementation of accounts, which nobody checks earlier.
    function test_OwnContractsAreForbidden() public {
        address[2] memory targets = [manager.FACTORY(), manager.ACCOUNT_IMPLEMENTATION()];
        for (uint256 i; i < targets.length; ++i) {
            Player memory player = makePlayer(1, termsOf(permissionOf(targets[i], "hit(uint256)", 1)));
            assertRefused(player, ITermsCompiler.ForbiddenTarget.selector, "own contract");
        }
    }

    /// Guarantee: no session reaches a module of somebody else's account: the module would take the call for the account's
    /// wish. (A PlayerAccount sees to that at each call.)
    function test_ModulesAreForbidden() public {
        for (uint256 type_ = 1; type_ < 3; ++type_) {
            AnyModule module = new AnyModule();
            Terms memory terms = termsOf(
                permissionOf(address(target), "hit(uint256)", 1), permissionOf(address(module), "onUninstall(bytes)", 1)
            );
            Player memory player = makePlayer(type_, P256, true, terms);
            install(player.account, type_, address(module));
            assertRefused(player, ITermsCompiler.ForbiddenTarget.selector, "module");
            uninstall(player.account, type_, address(module));
            assertGranted(player, makeGrant(player), "no module any more");
        }
    }

    /// behavior: an account is asked about its terms' targets only: one that has no hook, and says that hook zero is
    /// installed, grants like any other.
    function test_AccountWithoutHook() public {
        Player memory player = makePlayer(1, P256, true, defaultTerms());
        vm.etch(player.account, address(new HooklessAccount()).code);
        assertGranted(player, makeGrant(player), "no module among the targets");
    }

    /// Guarantee: an account whose owner has uninstalled the module grants nothing.
    function test_ModuleMustBeInstalled() public {
        Player memory player = makeActivePlayer(1);
        uninstall(player.account, 2, address(manager));
        assertEq(manager.epochOf(player.account), 1, "epoch");
        useEpoch(player, 1);
        assertRefused(player, ISessionManager.ModuleNotInstalled.selector, "uninstalled");
    }

    /// Guarantee: after uninstalling and reinstalling, no old session and no old grant comes back, however
    /// often; and no old session can be renewed.
    function test_ReinstallingRevivesNothing() public {
        Player memory player = makeActivePlayer(1);
        assertSuccess(run(player, hit(1)), "before");
        Player memory pending = copy(player);
        useKey(pending, SECP256K1, 0xf00d);
        OwnerGrant memory pendingGrant = makeGrant(pending);
        Player memory old = copy(player);
        for (uint32 epoch = 1; epoch < 4; ++epoch) {
            uninstall(player.account, 2, address(manager));
            assertTrue(!run(old, hit(2)).success, "uninstalled");
            install(player.account, 2, address(manager));
            assertEq(manager.epochOf(player.account), epoch, "epoch");
            assertTrue(!run(old, hit(2)).success, "old session");
            assertEq(target.visitCount(), epoch, "no visit");
            assertRefused(pending, pendingGrant, ISessionManager.EpochMismatch.selector, "old grant");
            old.session.validUntil += 1;
            assertRefused(old, ISessionManager.EpochMismatch.selector, "renewal of an old session");

            useEpoch(player, epoch);
            grant(player);
            assertSuccess(run(player, hit(2)), "a new session works");
        }
    }

    /// behavior: the account itself may grant by calling, without a signature; nobody else may in its name.
    function test_AccountItselfNeedsNoSignature() public {
        Player memory player = makeActivePlayer(1);
        useKey(player, SECP256K1, 0xf00d);
        OwnerGrant memory grant_ = unsignedGrant(player);
        assertRefused(player, grant_, ISessionManager.InvalidOwnerSignature.selector, "a stranger");
        bytes memory sections = section(player, one(grantItem(player, grant_)));
        operate(player, address(manager), abi.encodeCall(manager.execute, (sections)));
        assertEq(manager.sessionOf(player.sessionId).status, 1, "granted");
        assertSuccess(run(player, hit(1)), "works");
    }

    /// Guarantee: a session key cannot have its account grant anything: a call of `execute` is no call of a game.
    function test_RefusedGrantCreatesNothing() public {
        Player memory player = makePlayer(1, P256, false, defaultTerms());
        OwnerGrant memory grant_ = makeGrant(player);
        grant_.signature = flip(grant_.signature, 0);
        assertRefused(player, grant_, ISessionManager.InvalidOwnerSignature.selector, "forged");
        assertEq(manager.sessionOf(player.sessionId).status, 0, "no session");
        Result memory result = runEncoded(player, withGrant(player, grant_, signed(player, makeIntent(player, hit(1)))));
        assertRejection(result, ISessionManager.UnknownSession.selector, "its intent");
    }
}

/// @notice An account that signs everything, and keeps its hook in a variable, which is zero.
contract HooklessAccount {
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata) external view returns (bool) {
        return module == (moduleTypeId == 2 ? msg.sender : address(0));
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}

/// @notice The same for somebody else's accounts.
contract GrantOfForeignAccountTest is GrantTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
