// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ERC7739Utils} from "@openzeppelin/contracts/utils/cryptography/draft-ERC7739Utils.sol";

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {KeySignature} from "../../src/types/KeySignature.sol";
import {PermissionTable} from "../../src/types/PermissionTable.sol";
import {Grant, Key, Permission, Session} from "../../src/types/Session.sol";
import {TypedData} from "../../src/types/TypedData.sol";
import {OpenZeppelinAccount} from "../accounts/OpenZeppelinAccount.sol";
import {Player, Playground, Result} from "../Playground.sol";

contract EnableGrantTest is Playground {
    function _reason(bytes4 selector, uint256 first, uint256 second) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, first, second);
    }

    /// error: only the manager may call it, within `execute`.
    function test_OnlyFromWithin() public {
        Grant memory grant_ = makeGrant(makePlayer(1));
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, address(this)));
        manager.enableGrant(grant_, address(this));
    }

    /// behavior: what is stored is what was signed.
    function testFuzz_StoresTheWindow(uint40 start, uint24 duration, uint8 scheme) public {
        Player memory player = makePlayer(1, 1 + scheme % 2, false, defaultPermissions());
        start = uint40(bound(start, clock() - 1 days + 1, clock() + 365 days));
        player.session.validAfter = start;
        player.session.validUntil = start + uint40(bound(duration, 1 days, 1 days));
        grant(player);
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.status, 1, "status");
        assertEq(session.validAfter, player.session.validAfter, "validAfter");
        assertEq(session.validUntil, player.session.validUntil, "validUntil");
        assertTrue(session.fast, "fast");
    }

    /// Guarantee (A-31, A-34): windows that are empty, over, or too long cannot be granted.
    function test_Window() public {
        Player memory player = makePlayer(1);
        uint40 time = clock();
        (player.session.validAfter, player.session.validUntil) = (time, time);
        bytes4 selector = ISessionManager.InvalidWindow.selector;
        assertRejected(makeGrant(player), _reason(selector, time, time), "empty");
        (player.session.validAfter, player.session.validUntil) = (time + 2, time + 1);
        assertRejected(makeGrant(player), _reason(selector, time + 2, time + 1), "reversed");
        (player.session.validAfter, player.session.validUntil) = (time - 10, time);
        assertRejected(makeGrant(player), _reason(selector, time - 10, time), "over");
        (player.session.validAfter, player.session.validUntil) = (time, 0);
        assertRejected(makeGrant(player), _reason(selector, time, 0), "zero");
        (player.session.validAfter, player.session.validUntil) = (time, time + 1 days + 1);
        selector = ISessionManager.DurationTooLong.selector;
        assertRejected(makeGrant(player), _reason(selector, 1 days + 1, 1 days), "longer than the policy");
        player.session.validUntil = type(uint40).max;
        player.session.validAfter = type(uint40).max - 1 days;
        assertEq(tryGrant(makeGrant(player)), "", "far future does not overflow");
    }

    /// Guarantee (B-19, B-20): the owner's signature enables nothing from its deadline on.
    function test_GrantDeadline() public {
        Player memory player = makePlayer(1);
        Grant memory grant_ = makeGrant(player);
        vm.warp(player.session.grantDeadline);
        bytes memory reason = _reason(ISessionManager.GrantExpired.selector, player.session.grantDeadline, clock());
        assertRejected(grant_, reason, "at the deadline");
        vm.warp(player.session.grantDeadline - 1);
        assertEq(tryGrant(grant_), "", "a second before");
    }

    /// Guarantee (B-05, I-01): every field of the session is signed: whatever a relayer changes, nothing is granted.
    function test_EveryFieldIsSigned() public {
        Player memory player = makePlayer(1);
        manager.execute(one(makeGrant(makePlayer(2))), "");
        Grant memory original = makeGrant(player);
        factory.createAccount(ownerOf(player));
        bytes memory invalid = abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, player.account);

        Grant memory forged = _copy(original);
        forged.session.key = makeKey(P256, 0xbad);
        assertRejected(forged, invalid, "key");
        forged = _copy(original);
        forged.session.key = makeKey(SECP256K1, 0xbad);
        assertRejected(forged, invalid, "scheme");
        forged = _copy(original);
        forged.session.validAfter -= 1;
        assertRejected(forged, invalid, "validAfter");
        forged = _copy(original);
        forged.session.validUntil += 1;
        assertRejected(forged, invalid, "validUntil");
        forged = _copy(original);
        forged.session.grantDeadline += 1;
        assertRejected(forged, invalid, "grantDeadline");
        forged = _copy(original);
        forged.session.epoch = 1;
        assertRejected(forged, _reason(ISessionManager.EpochMismatch.selector, 0, 1), "epoch");
        forged = _copy(original);
        forged.session.permissions = defaultPermissions();
        forged.session.permissions[0].maxCalls = 999;
        forged.policyTable = player.table;
        assertRejected(forged, invalid, "permissions");
        forged = _copy(original);
        forged.session.policyId = 0;
        forged.session.permissions = defaultPermissions();
        assertRejected(forged, invalid, "policy");
        forged = _copy(original);
        forged.signature = flip(original.signature, 5);
        assertRejected(forged, invalid, "signature");
        forged = _copy(original);
        forged.signature = slice(original.signature, 0, 64);
        assertRejected(forged, invalid, "length");
        forged = _copy(original);
        forged.session.account = makePlayer(2).account;
        assertRejected(
            forged,
            abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, forged.session.account),
            "account"
        );
        assertEq(manager.sessionOf(player.sessionId).status, 0, "nothing granted");
        assertEq(tryGrant(original), "", "the original");
    }

    function _copy(Grant memory grant_) private pure returns (Grant memory) {
        return abi.decode(abi.encode(grant_), (Grant));
    }

    /// Guarantee (B-03): a grant is for one chain.
    function test_ChainIsSigned() public {
        Player memory player = makePlayer(1);
        Grant memory grant_ = makeGrant(player);
        vm.chainId(1);
        assertRejected(
            grant_, abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, player.account), "chain"
        );
    }

    /// Guarantee (B-04, I-07): revoked is for ever: the same signature, or a new one for the same session, revives nothing.
    function test_RevokedStaysRevoked() public {
        Player memory player = makePlayer(1);
        Grant memory grant_ = makeGrant(player);
        bytes memory reason = abi.encodeWithSelector(ISessionManager.RevokedSession.selector, player.sessionId);
        vm.prank(revoker);
        manager.revoke(identityOf(player));
        assertRejected(grant_, reason, "revoked before it was granted");
        player.session.validUntil += 1;
        assertRejected(makeGrant(player), reason, "new signature");
    }

    /// behavior: a later end renews the session under the same id; sequence, uses and value are carried over.
    function test_Renewal() public {
        Player memory player = makeActivePlayer(1);
        vm.deal(player.account, 1 ether);
        assertSuccess(run(player, hit(1)), "before");
        Grant memory first = _copy(makeGrant(player));
        vm.warp(clock() + 5 minutes);
        player.session.validAfter = clock();
        player.session.validUntil = clock() + 2 hours;
        player.session.grantDeadline += 10 minutes;
        assertEq(tryGrant(makeGrant(player)), "", "renewed");
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(session.validUntil, player.session.validUntil, "new end");
        assertEq(session.uses[0], 1, "uses carried over");
        assertEq(session.nextSequence, 1, "sequence carried over");
        assertSuccess(run(player, hit(2)), "after");

        // Guarantee: the old signature, which is still within its deadline, cannot shorten the session again.
        bytes memory reason =
            _reason(ISessionManager.RenewalNotLater.selector, player.session.validUntil, first.session.validUntil);
        assertRejected(first, reason, "old grant");
    }

    /// behavior: an expired session can be renewed too.
    function test_RenewalAfterExpiry() public {
        Player memory player = makeActivePlayer(1);
        vm.warp(player.session.validUntil + 1 days);
        player.session.validAfter = clock();
        player.session.validUntil = clock() + 1 hours;
        player.session.grantDeadline = clock() + 60;
        assertEq(tryGrant(makeGrant(player)), "", "renewed");
        assertSuccess(run(player, hit(1)), "works");
    }

    /// Guarantee (B-12, 30): no key that nobody, or everybody, could sign for.
    function test_InvalidKeys() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        uint256 p = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF;
        Key[9] memory keys = [
            Key(SECP256K1, abi.encodePacked(address(0))),
            Key(SECP256K1, abi.encodePacked(x, y)),
            Key(SECP256K1, ""),
            Key(P256, abi.encodePacked(uint256(0), uint256(0))),
            Key(P256, abi.encodePacked(x, y + 1)),
            Key(P256, abi.encodePacked(p, y)),
            Key(P256, abi.encodePacked(x, y, uint8(0))),
            Key(0, abi.encodePacked(x, y)),
            Key(3, abi.encodePacked(x, y))
        ];
        for (uint256 i; i < keys.length; ++i) {
            Player memory player = makePlayer(1);
            player.session.key = keys[i];
            bytes memory reason =
                abi.encodeWithSelector(KeySignature.InvalidKey.selector, keys[i].scheme, keys[i].publicKey);
            assertRejected(makeGrant(player), reason, "key");
        }
    }

    /// error: policies that do not exist, or are paused.
    function test_Policy() public {
        Player memory player = makePlayer(1);
        bytes32 policyId = player.session.policyId;
        player.session.policyId = keccak256("nowhere");
        Grant memory grant_ = makeGrant(makePlayer(1));
        grant_.session.policyId = player.session.policyId;
        assertRejected(
            grant_, abi.encodeWithSelector(IPolicyRegistry.UnknownPolicy.selector, player.session.policyId), "unknown"
        );
        vm.prank(studio);
        manager.pause(policyId);
        grant_ = makeGrant(makePlayer(1));
        bytes memory reason =
            abi.encodeWithSelector(IPolicyRegistry.PolicyIsPaused.selector, policyId, type(uint40).max);
        assertRejected(grant_, reason, "paused");
    }

    /// behavior: a session may be narrower than its policy, and is then a session of its own.
    function test_NarrowerThanThePolicy() public {
        Player memory player = makePlayer(1);
        bytes memory policyTable = player.table;
        Permission[] memory narrower = new Permission[](2);
        narrower[0] = Permission(address(target), "pay(uint256)", 5, 0.5 ether, 0.6 ether);
        narrower[1] = Permission(address(target), "hit(uint256)", 2, 0, 0);
        (player.permissions, player.session.permissions) = (narrower, narrower);
        (player.table,,) = manager.packPermissions(narrower);
        player.sessionId = manager.sessionIdOf(identityOf(player));
        Grant memory grant_ = makeGrant(player);
        grant_.policyTable = policyTable;
        assertEq(tryGrant(grant_), "", "granted");
        assertSuccess(run(player, hit(1)), "first");
        assertSuccess(run(player, hit(2)), "second");
        assertRejection(run(player, hit(3)), ISessionManager.CallLimitReached.selector, "third");
    }

    /// Guarantee: a session is never wider than its policy, in any of its limits.
    function test_NeverWiderThanThePolicy() public {
        Player memory player = makePlayer(1);
        Permission[] memory wider = new Permission[](1);
        wider[0] = Permission(address(target), "hit(uint256)", 1001, 0, 0);
        _assertOutside(player, wider, "calls");
        wider[0] = Permission(address(target), "hit(uint256)", 1, 1, 1);
        _assertOutside(player, wider, "value");
        wider[0] = Permission(address(target), "pay(uint256)", 10, 1 ether + 1, 2 ether);
        _assertOutside(player, wider, "value per call");
        wider[0] = Permission(address(target), "pay(uint256)", 10, 1 ether, 2 ether + 1);
        _assertOutside(player, wider, "total value");
        wider[0] = Permission(address(target), "prepareCallback(address,bytes)", 1, 0, 0);
        _assertOutside(player, wider, "function");
        wider[0] = Permission(address(0x123456), "hit(uint256)", 1, 0, 0);
        _assertOutside(player, wider, "contract");
    }

    function _assertOutside(Player memory player, Permission[] memory permissions, string memory what) private {
        player.session.permissions = permissions;
        Grant memory grant_ = makeGrant(player);
        grant_.policyTable = player.table;
        assertRejected(grant_, abi.encodeWithSelector(PermissionTable.PermissionOutsidePolicy.selector, 0), what);
        grant_.policyTable = "";
        bytes memory reason = abi.encodeWithSelector(
            ISessionManager.PolicyTableMismatch.selector, keccak256(player.table), keccak256("")
        );
        assertRejected(grant_, reason, "no table");
        (grant_.policyTable,,) = manager.packPermissions(permissions);
        reason = abi.encodeWithSelector(
            ISessionManager.PolicyTableMismatch.selector, keccak256(player.table), keccak256(grant_.policyTable)
        );
        assertRejected(grant_, reason, "forged table");
    }

    /// behavior: a session without a policy carries its own permissions.
    function test_WithoutPolicy() public {
        Player memory player = makePlayer(1);
        (player.session.policyId, player.session.permissions) = (0, player.permissions);
        player.sessionId = manager.sessionIdOf(identityOf(player));
        assertEq(tryGrant(makeGrant(player)), "", "granted");
        assertSuccess(run(player, hit(1)), "works");
        vm.prank(revoker);
        vm.expectRevert(abi.encodeWithSelector(IPolicyRegistry.NotAuthorized.selector, revoker));
        manager.revoke(identityOf(player));
    }

    /// error: a session without a policy and without permissions.
    function test_WithoutPolicyAndPermissions() public {
        Player memory player = makePlayer(1);
        player.session.policyId = 0;
        Grant memory grant_ = makeGrant(makePlayer(1));
        grant_.session.policyId = 0;
        assertRejected(grant_, _reason(PermissionTable.InvalidPermissionCount.selector, 0, 8), "empty");
    }

    /// Guarantee (A-01, A-03, A-15): no session for a contract that must never be called, not even without a policy.
    function test_ForbiddenTargets() public {
        Player memory player = makePlayer(1);
        address[11] memory targets = [
            address(0),
            address(1),
            address(0x100),
            address(0xffff),
            address(manager),
            manager.FACTORY(),
            manager.ACCOUNT_IMPLEMENTATION(),
            ENTRY_POINT,
            0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108,
            0x0000000071727De22E5E9d8BAf0edAc6f37da032,
            0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789
        ];
        (player.session.policyId, player.session.permissions) = (0, new Permission[](1));
        for (uint256 i; i < targets.length; ++i) {
            player.session.permissions[0] = Permission(targets[i], "hit(uint256)", 1, 0, 0);
            assertRejected(
                makeGrant(player),
                abi.encodeWithSelector(IPolicyRegistry.ForbiddenTarget.selector, targets[i]),
                "target"
            );
        }
        player.session.permissions[0] = Permission(player.account, "hit(uint256)", 1, 0, 0);
        assertRejected(
            makeGrant(player),
            abi.encodeWithSelector(IPolicyRegistry.ForbiddenTarget.selector, player.account),
            "account"
        );
    }

    /// Guarantee (B-15, B-16): an account that does not exist is only created from the very owner its address commits to,
    /// and signatures that bring their own deployment (ERC-6492) are not understood.
    function test_AccountMustExist() public {
        Player memory player = makePlayer(1);
        Grant memory grant_ = makeGrant(player);
        grant_.owner = "";
        assertRejected(
            grant_, abi.encodeWithSelector(ISessionManager.AccountNotDeployed.selector, player.account), "no owner"
        );
        grant_.owner = abi.encodePacked(stranger);
        address other = factory.getAddress(grant_.owner);
        assertRejected(
            grant_,
            abi.encodeWithSelector(ISessionManager.AccountMismatch.selector, player.account, other),
            "other owner"
        );
        assertEq(other.code.length, 0, "the other account was not created either");
        grant_.owner = hex"1234";
        assertRejected(grant_, abi.encodeWithSelector(IPlayerAccount.InvalidSigner.selector, grant_.owner), "bad owner");
        grant_.owner = "";
        grant_.signature = abi.encodePacked(
            abi.encode(address(factory), abi.encodeCall(factory.createAccount, (ownerOf(player))), grant_.signature),
            bytes32(0x6492649264926492649264926492649264926492649264926492649264926492)
        );
        assertRejected(
            grant_, abi.encodeWithSelector(ISessionManager.AccountNotDeployed.selector, player.account), "ERC-6492"
        );
    }

    /// Guarantee: a grant that is refused leaves no account behind.
    function test_RefusedGrantCreatesNothing() public {
        Player memory player = makePlayer(1);
        Grant memory grant_ = makeGrant(player);
        grant_.signature = flip(grant_.signature, 0);
        tryGrant(grant_);
        assertEq(player.account.code.length, 0, "code");
    }

    /// Guarantee: an account whose owner has uninstalled the module grants nothing.
    function test_ModuleMustBeInstalled() public {
        for (uint256 foreign; foreign < 2; ++foreign) {
            Player memory player = makeActivePlayer(10 + foreign, P256, foreign == 1);
            vm.prank(ENTRY_POINT);
            OpenZeppelinAccount(payable(player.account)).uninstallModule(2, address(manager), "");
            player.session.epoch = manager.epochOf(player.account);
            assertEq(player.session.epoch, 1, "epoch");
            bytes memory reason = abi.encodeWithSelector(ISessionManager.ModuleNotInstalled.selector, player.account);
            Grant memory grant_ = makeGrant(player);
            if (foreign == 1) grant_.signature = _nested(player, grant_.session);
            assertRejected(grant_, reason, "uninstalled");
        }
    }

    /// Guarantee (A-11, I-20): after uninstalling and reinstalling, no old session and no old grant comes back.
    function test_ReinstallingRevivesNothing() public {
        for (uint256 foreign; foreign < 2; ++foreign) {
            Player memory player = makeActivePlayer(20 + foreign, P256, foreign == 1);
            Player memory pending = makePlayer(20 + foreign, SECP256K1, false, defaultPermissions());
            (pending.account, pending.foreign) = (player.account, player.foreign);
            pending.session.account = player.account;
            Grant memory grant_ = makeGrant(pending);
            if (foreign == 1) grant_.signature = _nested(pending, grant_.session);

            OpenZeppelinAccount account = OpenZeppelinAccount(payable(player.account));
            vm.startPrank(ENTRY_POINT);
            account.uninstallModule(2, address(manager), "garbage");
            account.installModule(2, address(manager), "garbage");
            vm.stopPrank();
            Result memory result = run(player, hit(1));
            assertTrue(!result.success, "old session");
            assertEq(target.visitCount(), foreign, "no visit");
            assertRejected(grant_, _reason(ISessionManager.EpochMismatch.selector, 1, 0), "old grant");

            player.session.epoch = 1;
            player.sessionId = manager.sessionIdOf(identityOf(player));
            grant(player);
            assertSuccess(run(player, hit(2)), "a new session works");
        }
    }

    /// behavior: an account that is not ours grants by its own ERC-1271 rules: here nested typed data (ERC-7739).
    function test_ForeignAccountSigns() public {
        Player memory player = makePlayer(1, P256, true, defaultPermissions());
        Grant memory grant_ = makeGrant(player);
        assertRejected(
            grant_, abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, player.account), "plain"
        );
        grant_.signature = _nested(player, grant_.session);
        assertEq(tryGrant(grant_), "", "nested");
        assertTrue(!manager.sessionOf(player.sessionId).fast, "not a PlayerAccount");
        assertSuccess(run(player, hit(1)), "works");
    }

    /// Guarantee: without the table, the targets of a session of someone else's account could not be checked.
    function test_ForeignAccountNeedsTheTable() public {
        Player memory player = makePlayer(1, P256, true, defaultPermissions());
        Grant memory grant_ = makeGrant(player);
        grant_.policyTable = "";
        bytes memory reason =
            abi.encodeWithSelector(ISessionManager.PolicyTableMismatch.selector, keccak256(player.table), bytes32(0));
        assertRejected(grant_, reason, "no table");
    }

    /// Guarantee: no session reaches a module of the account: the module would take the call for the account's wish.
    function test_ForeignAccountsModulesAreForbidden() public {
        for (uint256 type_ = 1; type_ < 3; ++type_) {
            Permission[] memory permissions = new Permission[](1);
            AnyModule module = new AnyModule();
            permissions[0] = Permission(address(module), "onUninstall(bytes)", 1, 0, 0);
            Player memory player = makePlayer(type_, P256, true, permissions);
            vm.prank(ENTRY_POINT);
            OpenZeppelinAccount(payable(player.account)).installModule(type_, address(module), "");
            Grant memory grant_ = makeGrant(player);
            grant_.signature = _nested(player, grant_.session);
            assertRejected(
                grant_, abi.encodeWithSelector(IPolicyRegistry.ForbiddenTarget.selector, address(module)), "module"
            );
        }
    }

    /// behavior: the account itself may grant by calling, without a signature; nobody else may in its name.
    function test_AccountItselfNeedsNoSignature() public {
        Player memory player = makeActivePlayer(1, SECP256K1, true);
        player.session.key = makeKey(P256, 0xf00d);
        player.sessionId = manager.sessionIdOf(identityOf(player));
        Grant memory grant_ = makeGrant(player);
        grant_.signature = "";
        assertRejected(
            grant_, abi.encodeWithSelector(ISessionManager.InvalidOwnerSignature.selector, player.account), "a stranger"
        );
        operate(player, address(manager), abi.encodeCall(manager.execute, (one(grant_), "")));
        assertEq(manager.sessionOf(player.sessionId).status, 1, "granted");
    }

    /// The owner's signature as OpenZeppelin's account wants it: nested typed data.
    function _nested(Player memory player, Session memory session) private view returns (bytes memory) {
        (,,, uint256 chainId, address verifier,,) = ISessionDomain(address(manager)).eip712Domain();
        bytes32 separator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Playkey"),
                keccak256("1"),
                chainId,
                verifier
            )
        );
        return this.nest(player, session, separator);
    }

    function nest(Player calldata player, Session calldata session, bytes32 separator)
        external
        view
        returns (bytes memory)
    {
        (,, bytes32 permissionsHash) = manager.packPermissions(player.permissions);
        bytes32 contents = TypedData.hashSession(session, permissionsHash);
        string memory contentsType = string.concat(
            "Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,",
            "uint40 grantDeadline,Permission[] permissions)Key(uint8 scheme,bytes publicKey)",
            "Permission(address to,string signature,uint32 maxCalls,uint128 maxValuePerCall,uint128 maxValue)"
        );
        bytes32 nested = keccak256(
            abi.encode(
                keccak256(
                    abi.encodePacked(
                        "TypedDataSign(Session contents,string name,string version,uint256 chainId,",
                        "address verifyingContract,bytes32 salt)",
                        contentsType
                    )
                ),
                contents,
                keccak256("OpenZeppelinAccount"),
                keccak256("1"),
                block.chainid,
                player.account,
                bytes32(0)
            )
        );
        bytes memory signature = signSecp256k1(player.ownerKey, MessageHashUtils.toTypedDataHash(separator, nested));
        return ERC7739Utils.encodeTypedDataSig(signature, separator, contents, contentsType);
    }
}

interface ISessionDomain {
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory);
}

/// @notice A module of every type, which does nothing.
contract AnyModule {
    function onInstall(bytes calldata) external {}
    function onUninstall(bytes calldata) external {}

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }
}
