// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579Execution, IERC7579ModuleConfig} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {OpenZeppelinAccount} from "../accounts/OpenZeppelinAccount.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice What happens when targets, accounts and relayers do their worst.
contract ExecuteIsolationTest is Playground {
    function _misbehave(uint8 how) private pure returns (bytes memory) {
        return abi.encodeCall(Target.misbehave, (how));
    }

    /// Guarantee: a call that fails has no effect, costs no limit, and uses up its sequence only; and no
    /// failure, of whatever kind, disturbs the neighbours.
    function test_FailingCallsHurtOnlyThemselves() public {
        uint8[6] memory hows = [
            target.REVERT(),
            target.RETURN_BOMB(),
            target.REVERT_BOMB(),
            target.BURN_GAS(),
            target.INVALID(),
            target.SHORT_REVERT()
        ];
        for (uint256 i; i < hows.length; ++i) {
            Player memory player = makeActivePlayer(100 + i);
            Player memory neighbour = makeActivePlayer(200 + i, SECP256K1, !foreignAccounts());
            Intent memory intent = makeIntent(player, _misbehave(hows[i]));
            intent.callGas = hows[i] == target.RETURN_BOMB() ? 150_000 : 300_000;
            Result[] memory results = run(
                bytes.concat(
                    section(player, one(signed(player, intent))),
                    section(neighbour, one(signed(neighbour, makeIntent(neighbour, hit(i)))))
                )
            );
            // OpenZeppelin's account replaces missing revert data by an error of its own.
            bytes4 reason = results[0].reason == Errors.FailedCall.selector && foreignAccounts()
                ? Errors.FailedCall.selector
                : bytes4(0);
            assertFailure(results[0], hows[i] == target.REVERT() ? Target.Refused.selector : reason, "failed");
            assertEq(results[0].counters, 0, "no use in the event");
            assertSuccess(results[1], "the neighbour");
            ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
            assertEq(session.nextSequence, 1, "sequence used");
            assertEq(session.cells[2], 0, "limit not used");
            assertSuccess(run(player, hit(1)), "the session goes on");
        }
    }

    /// Guarantee: an intent costs its relayer at most the gas that it was signed with, plus a constant.
    function test_GasIsBounded() public {
        for (uint8 how = 1; how < 5; ++how) {
            Player memory player = makeActivePlayer(300 + how);
            Intent memory intent = makeIntent(player, _misbehave(how));
            intent.callGas = 1_000_000;
            bytes memory sections = section(player, one(signed(player, intent)));
            uint256 before = gasleft();
            manager.execute(sections);
            assertLe(before - gasleft(), 1_000_000 + 100_000, "gas");
        }
    }

    /// Guarantee: several calls happen all or none: the failure of one undoes the others, their value and their counting.
    function test_CallsAreAllOrNothing() public {
        Player memory player = makeActivePlayer(1);
        vm.deal(player.account, 2 ether);
        Call[] memory calls = new Call[](3);
        calls[0] = Call(address(target), 0, hit(1));
        calls[1] = Call(address(target), 0.5 ether, abi.encodeCall(Target.pay, (1)));
        calls[2] = Call(address(target), 0.5 ether, abi.encodeCall(Target.pay, (type(uint256).max)));
        assertFailure(run(player, makeIntent(player, calls)), Target.Refused.selector, "third call");
        assertEq(target.visitCount(), 0, "no visit");
        assertEq(player.account.balance, 2 ether, "no value");
        assertEq(meteredOf(player, 0), 0, "no value counted");
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        assertEq(uint256(session.cells[0]) + session.cells[1], 0, "no use counted");
        assertEq(session.nextSequence, 1, "sequence used");

        calls[2].data = abi.encodeCall(Target.pay, (2));
        assertSuccess(run(player, makeIntent(player, calls)), "without the failure");
        assertEq(meteredOf(player, 0), 1 ether, "value counted");
    }

    /// error: an account that cannot pay what the call carries.
    function test_AccountWithoutBalance() public {
        Player memory player = makeActivePlayer(1);
        Call[] memory calls = calls1(Call(address(target), 1 ether, abi.encodeCall(Target.pay, (1))));
        bytes4 reason = foreignAccounts() ? Errors.FailedCall.selector : bytes4(0);
        assertFailure(run(player, makeIntent(player, calls)), reason, "no balance");
        assertEq(meteredOf(player, 0), 0, "no value counted");
    }

    /// Guarantee: with too little gas, either the whole transaction reverts and nothing is used up, or the
    /// intent gets all the gas that it was signed with; never a failure that the relayer has caused.
    function testFuzz_UnderGassedRelayer(uint256 gas, bool k1) public {
        Player memory player = makeActivePlayer(1, k1 ? SECP256K1 : P256, foreignAccounts());
        Intent memory intent = makeIntent(player, hit(1));
        bytes memory data = abi.encodeCall(manager.execute, (section(player, one(signed(player, intent)))));
        gas = bound(gas, 20_000, 800_000);
        (bool accepted,) = address(manager).call{gas: gas}(data);
        assertEq(target.visitCount(), accepted ? 1 : 0, "all or nothing");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, accepted ? 1 : 0, "sequence");
    }

    /// error: the item that there is no gas for is named.
    function test_InsufficientGasNamesTheItem() public {
        Player memory player = makeActivePlayer(1);
        Intent memory second = makeIntent(player, hit(2));
        (second.sequence, second.callGas) = (1, 8_000_000);
        bytes memory first = signed(player, makeIntent(player, hit(1)));
        bytes memory sections = section(player, two(first, signed(player, second)));
        uint256 offset = 32 + player.table.length + 2 + first.length;
        vm.expectRevert(abi.encodeWithSelector(ISessionManager.InsufficientGas.selector, offset));
        manager.execute{gas: 2_000_000}(sections);
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 0, "the first is undone too");
    }

    /// Guarantee: a grant never fails for want of the relayer's gas: the transaction reverts instead.
    function testFuzz_UnderGassedGrant(uint256 gas) public {
        Player memory player = makePlayer(1);
        bytes memory data = abi.encodeCall(manager.execute, (section(player, one(grantItem(player)))));
        gas = bound(gas, 20_000, 2_000_000);
        (bool accepted,) = address(manager).call{gas: gas}(data);
        assertEq(manager.sessionOf(player.sessionId).status, accepted ? 1 : 0, "granted or reverted");
    }

    /// Guarantee: a target that re-enters with the next valid intent gets nowhere; the accounting is exact, and
    /// the intent it held back is still good.
    function test_TargetCannotExecute() public {
        Player memory player = makeActivePlayer(1);
        Intent memory next = makeIntent(player, hit(9));
        next.sequence = 1;
        bytes memory held = section(player, one(signed(player, next)));
        target.prepareCallback(address(manager), abi.encodeCall(manager.execute, (held)));
        assertSuccess(run(player, _misbehave(target.CALL_BACK())), "the outer call");
        assertTrue(!target.called(), "refused");
        assertEq(target.answer(), abi.encodeWithSelector(ISessionManager.ReentrantExecution.selector), "reason");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 1, "only the outer one");
        assertSuccess(run(held)[0], "the held one");
    }

    /// Guarantee: a revocation from within a call takes effect at once: the rest of the bundle is refused.
    function test_TargetMayRevoke() public {
        Player memory player = makeActivePlayer(1);
        target.prepareCallback(
            address(manager), abi.encodeCall(manager.revokeByKey, (identityOf(player), signRevocation(player)))
        );
        Intent memory next = makeIntent(player, hit(1));
        next.sequence = 1;
        Result[] memory results = run(
            section(
                player, two(signed(player, makeIntent(player, _misbehave(target.CALL_BACK()))), signed(player, next))
            )
        );
        assertSuccess(results[0], "the revoking call");
        assertTrue(target.called(), "revoked");
        assertRejection(results[1], ISessionManager.RevokedSession.selector, "the next");
        assertEq(manager.sessionOf(player.sessionId).status, 2, "stays revoked");
    }

    /// Guarantee: a revocation inside a call that fails is undone with it, and the counters are those from before.
    function test_RevocationInsideFailedCallIsUndone() public {
        Player memory player = makeActivePlayer(1);
        target.prepareCallback(
            address(manager), abi.encodeCall(manager.revokeByKey, (identityOf(player), signRevocation(player)))
        );
        Call memory revoking = Call(address(target), 0, _misbehave(target.CALL_BACK()));
        Call memory failing = Call(address(target), 0, _misbehave(target.REVERT()));
        assertFailure(run(player, makeIntent(player, calls2(revoking, failing))), Target.Refused.selector, "failed");
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
        assertEq(manager.sessionOf(player.sessionId).cells[2], 0, "uses");
        assertSuccess(run(player, hit(1)), "goes on");
    }

    /// Guarantee: what a target does on its own account's behalf is its own: it cannot operate the account back.
    function test_TargetCannotOperateTheAccount() public {
        Player memory player = makeActivePlayer(1);
        bytes[4] memory attempts = [
            abi.encodeCall(IPlayerAccount.addSigner, (abi.encodePacked(stranger))),
            abi.encodeCall(IPlayerAccount.bumpSessionEpoch, ()),
            abi.encodeCall(IERC7579ModuleConfig.installModule, (2, address(target), "")),
            abi.encodeCall(IERC7579Execution.execute, (bytes32(0), abi.encodePacked(stranger, uint256(0))))
        ];
        for (uint256 i; i < attempts.length; ++i) {
            target.prepareCallback(player.account, attempts[i]);
            assertSuccess(run(player, _misbehave(target.CALL_BACK())), "the outer call");
            assertTrue(!target.called(), "refused");
        }
    }

    /// Guarantee: an account that has lost its code fails; nothing is counted as done.
    function test_AccountWithoutCode() public {
        Player memory player = makeActivePlayer(1, P256, true);
        vm.etch(player.account, "");
        assertFailure(run(player, hit(1)), ISessionManager.AccountNotDeployed.selector, "no code");
        assertCell(player, 0, 0, "uses");

        player = makeActivePlayer(2, P256, false);
        vm.etch(player.account, "");
        Intent memory intent = makeIntent(player, hit(1));
        intent.lane = 1;
        assertFailure(run(player, intent), ISessionManager.AccountNotDeployed.selector, "nor a PlayerAccount");
        assertCell(player, 0, 0, "uses");
    }

    /// Guarantee: a session key's signature is nothing that the account would sign.
    function test_IntentSignatureIsNoAccountSignature() public {
        Player memory player = makeActivePlayer(1, SECP256K1, foreignAccounts());
        bytes32 digest = intentDigest(makeIntent(player, hit(1)));
        bytes memory signature = signSecp256k1(player.sessionKey, digest);
        assertEq(
            OpenZeppelinAccount(payable(player.account)).isValidSignature(digest, signature),
            bytes4(0xffffffff),
            "plain"
        );
        vm.prank(address(manager));
        assertEq(
            OpenZeppelinAccount(payable(player.account)).isValidSignature(digest, signature),
            bytes4(0xffffffff),
            "module"
        );
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteIsolationOfForeignAccountTest is ExecuteIsolationTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
