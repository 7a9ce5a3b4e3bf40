// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Intent} from "../../src/types/Intent.sol";
import {SpendLimit, Terms} from "../../src/types/Terms.sol";
import {HostileAccount} from "../accounts/HostileAccount.sol";
import {TerseAccount} from "../accounts/TerseAccount.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";
import {Token} from "../targets/Token.sol";

/// @notice Accounts that are made to harm others: they harm themselves.
contract ExecuteHostileAccountsTest is Playground {
    HostileAccount internal account;
    Token internal token;

    function setUp() public override {
        super.setUp();
        account = new HostileAccount();
        token = new Token();
    }

    function hostileTerms() internal view virtual returns (Terms memory) {
        return defaultTerms();
    }

    /// @dev The owner of the hostile account, with an active session.
    function _hostile() private returns (Player memory player) {
        player = makePlayer(1, SECP256K1, true, hostileTerms());
        (player.account, player.session.account) = (address(account), address(account));
        refresh(player);
        grant(player);
    }

    function _stateOf(Player memory player) private view returns (bytes32) {
        return keccak256(abi.encode(manager.sessionOf(player.sessionId), meteredOf(player, 0), player.account.balance));
    }

    /// @dev The hostile item between two others, and whatever it does, they succeed.
    function _runBetween(Player memory player, bytes memory hostile) private returns (Result memory) {
        Player memory first = makeActivePlayer(uint256(keccak256(hostile)), P256, false);
        Player memory last = makeActivePlayer(uint256(keccak256(hostile)) ^ 1, P256, true);
        Result[] memory results = run(
            bytes.concat(
                section(first, one(signed(first, makeIntent(first, hit(1))))),
                section(player, one(hostile)),
                section(last, one(signed(last, makeIntent(last, hit(3)))))
            )
        );
        assertEq(results.length, 3, "results");
        assertSuccess(results[0], "before it");
        assertSuccess(results[2], "behind it");
        assertEq(target.lastVisit().sender, last.account, "really");
        return results[1];
    }

    /// Guarantee: an answer of an account is a whole word: neither consent nor the module is read out of less.
    function test_ShortAnswers() public {
        Player memory player = makePlayer(1, SECP256K1, true, hostileTerms());
        TerseAccount terse = new TerseAccount();
        (player.account, player.session.account) = (address(terse), address(terse));
        refresh(player);
        terse.setSizes(31, 32);
        assertRefused(player, ISessionManager.InvalidOwnerSignature.selector, "signature of 31 bytes");
        terse.setSizes(32, 31);
        assertRefused(player, ISessionManager.ModuleNotInstalled.selector, "module of 31 bytes");
        terse.setSizes(32, 32);
        assertGranted(player, makeGrant(player), "whole words");
    }

    /// Guarantee: nor is a short answer filled up with what stood there before, as the end of a policy's id.
    function test_ShortAnswersAreNotFilledUp() public {
        Player memory player = makePlayer(1, SECP256K1, true, hostileTerms());
        TerseAccount terse = new TerseAccount();
        (player.account, player.session.account) = (address(terse), address(terse));
        bytes memory terms = abi.encode(player.session.terms);
        bytes32 policyId;
        for (uint256 i; uint8(uint256(policyId)) != 1; ++i) {
            policyId = manager.publish(studio, revokersOfPolicies(), 1 days, bytes32(i), terms);
        }
        player.session.policyId = policyId;
        refresh(player);
        terse.setSizes(32, 31);
        assertRefused(player, ISessionManager.ModuleNotInstalled.selector, "31 bytes of zero");
        terse.setSizes(32, 32);
        assertGranted(player, makeGrant(player), "whole words");
    }

    /// Guarantee: whatever an account does instead of making the call, nobody else in the bundle notices.
    function test_HurtOnlyThemselves() public {
        Player memory player = _hostile();
        Player memory bystander = makeActivePlayer(2, P256, false);
        bytes32 before = _stateOf(bystander);
        for (uint8 how = account.NOTHING(); how <= account.REVERT_BOMB(); ++how) {
            account.setHow(how);
            Intent memory intent = makeIntent(player, hit(2));
            intent.callGas = 200_000;
            Result memory result = _runBetween(player, signed(player, intent));
            assertTrue(result.executed, "its sequence is used");
            assertTrue(result.success == (how == account.NOTHING()), "it says so itself");
            if (how == account.REVERT()) assertEq(result.reason, HostileAccount.Uninstalled.selector, "reason");
        }
        assertEq(_stateOf(bystander), before, "others are as they were");
        assertEq(manager.sessionOf(player.sessionId).cells[0], 1, "what it claims to have done counts");
        account.setHow(account.OBEY());
        assertSuccess(run(player, hit(2)), "the session goes on");
    }

    /// Guarantee: it costs the relayer no more than what was signed, and a constant.
    function test_GasIsBounded() public {
        Player memory player = _hostile();
        for (uint8 how = account.NOTHING(); how <= account.REVERT_BOMB(); ++how) {
            account.setHow(how);
            Intent memory intent = makeIntent(player, hit(2));
            intent.callGas = 3_000_000;
            bytes memory sections = section(player, one(signed(player, intent)));
            uint256 before = gasleft();
            manager.execute(sections);
            assertLe(before - gasleft(), 3_000_000 + 250_000, "gas");
        }
    }

    /// Guarantee: no account gets a second bundle within the first, whosever it is.
    function test_CannotExecute() public {
        Player memory player = _hostile();
        Player memory other = makeActivePlayer(2, P256, false);
        Player memory ungranted = makePlayer(3, P256, false, defaultTerms());
        bytes[2] memory bundles = [
            section(other, one(signed(other, makeIntent(other, hit(9))))), section(ungranted, one(grantItem(ungranted)))
        ];
        account.setHow(account.CALL_BACK());
        for (uint256 i; i < 2; ++i) {
            account.prepareCallback(address(manager), abi.encodeCall(manager.execute, (bundles[i])));
            assertSuccess(_runBetween(player, signed(player, makeIntent(player, hit(2)))), "its own call");
            assertTrue(!account.called(), "refused");
            assertEq(account.answer(), abi.encodeWithSelector(ISessionManager.ReentrantExecution.selector), "reason");
        }
        assertEq(manager.sessionOf(other.sessionId).nextSequence, 0, "not used up");
        assertEq(manager.sessionOf(ungranted.sessionId).status, 0, "not granted");
        assertSuccess(run(bundles[0])[0], "good later");
    }

    /// Guarantee: an account that ends its sessions while one of them calls has ended them: the rest of the bundle is refused.
    function test_EndsItsSessionsMeanwhile() public {
        for (uint256 i; i < 2; ++i) {
            uint256 state = vm.snapshotState();
            Player memory player = _hostile();
            account.setHow(account.CALL_BACK());
            account.prepareCallback(
                address(manager),
                i == 0 ? abi.encodeCall(manager.revokeAll, ()) : abi.encodeCall(manager.revoke, (identityOf(player)))
            );
            Intent memory next = makeIntent(player, hit(2));
            next.sequence = 1;
            Result[] memory results =
                run(section(player, two(signed(player, makeIntent(player, hit(1))), signed(player, next))));
            assertTrue(account.called(), "ended");
            assertSuccess(results[0], "what ended them");
            assertRejection(
                results[1],
                i == 0 ? ISessionManager.EpochMismatch.selector : ISessionManager.RevokedSession.selector,
                "the next"
            );
            assertEq(manager.sessionOf(player.sessionId).status, i == 0 ? 1 : 2, "status");
            assertEq(target.visitCount(), 1, "one visit");
            vm.revertToState(state);
        }
    }

    /// Guarantee: what it ended within a call that then failed has not ended: everything is as before but the sequence.
    function test_EndsItsSessionsInVain() public {
        Player memory player = _hostile();
        account.setHow(account.CALL_BACK_AND_REVERT());
        bytes[2] memory endings =
            [abi.encodeCall(manager.revokeAll, ()), abi.encodeCall(manager.revoke, (identityOf(player)))];
        for (uint256 i; i < 2; ++i) {
            account.prepareCallback(address(manager), endings[i]);
            assertFailure(run(player, hit(1)), HostileAccount.Uninstalled.selector, "failed");
            assertEq(manager.epochOf(player.account), 0, "epoch");
            assertEq(manager.sessionOf(player.sessionId).status, 1, "status");
            assertEq(manager.sessionOf(player.sessionId).cells[0], 0, "uses");
            assertEq(manager.sessionOf(player.sessionId).nextSequence, i + 1, "sequence");
        }
    }

    /// behavior: an account that no longer has the module, and did not tell the manager, refuses by itself; and grants nothing.
    function test_SilentlyUninstalled() public {
        Player memory player = _hostile();
        account.setHow(account.REVERT());
        account.deny();
        bytes memory item = signed(player, makeIntent(player, hit(2)));
        assertFailure(_runBetween(player, item), HostileAccount.Uninstalled.selector, "refused by the account");
        OwnerGrant memory longer = makeGrant(player);
        longer.validUntil += 1;
        assertRefused(player, longer, ISessionManager.ModuleNotInstalled.selector, "renewal");
        assertTrue(!_initialized(), "the manager asks");
    }

    function _initialized() private view returns (bool initialized) {
        (, bytes memory said) =
            address(manager).staticcall(abi.encodeWithSignature("isInitialized(address)", address(account)));
        initialized = abi.decode(said, (bool));
    }
}

/// @notice The same for a session whose calls are measured, which are made within one frame more.
contract ExecuteHostileAccountsSpendingTest is ExecuteHostileAccountsTest {
    function hostileTerms() internal view override returns (Terms memory) {
        return withSpendLimit(defaultTerms(), SpendLimit(address(token), 100, 0, 0));
    }
}
