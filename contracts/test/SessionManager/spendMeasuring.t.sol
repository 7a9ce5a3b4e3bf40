// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {OddToken} from "../targets/OddToken.sol";
import {Target} from "../targets/Target.sol";

/// @notice A game that uses nearly all the gas that it is given.
contract Mill {
    uint256 public rounds;

    function grind() external {
        ++rounds;
        while (gasleft() > 10_000) {}
    }
}

/// @notice Measuring what an intent spends: tokens that do not tell, and what it costs. Each call is a transaction of its own
/// here, as storage that was touched before costs less.
/// forge-config: default.isolate = true
contract SpendMeasuringTest is Playground {
    OddToken private _token;

    function setUp() public override {
        super.setUp();
        _token = new OddToken();
    }

    function _terms(address token) private view returns (Terms memory) {
        return withSpendLimit(
            termsOf(
                permissionOf(address(target), "hit(uint256)", 100),
                permissionOf(address(_token), "approve(address,uint256)", 100)
            ),
            SpendLimit(token, 100, 0, 0)
        );
    }

    function _approve(uint256 amount) private view returns (Call memory) {
        return Call(address(_token), 0, abi.encodeCall(IERC20.approve, (stranger, amount)));
    }

    // ── Tokens that do not tell ───────────────────────────────────────────────

    /// Guarantee: if a token's balance cannot be read, nothing happens, even where the calls do not touch it; the sequence
    /// is used, nothing else; and no answer, however long, costs more than was set aside for it.
    function test_UnreadableBalance() public {
        Player memory player = makeActivePlayer(1, _terms(address(_token)));
        bytes4 reason = ISessionManager.SpendNotMeasurable.selector;
        for (uint8 how = 1; how < 4; ++how) {
            _token.spoil(how, true, false);
            bytes memory sections = section(player, one(signed(player, makeIntent(player, hit(1)))));
            uint256 before = gasleft();
            Result[] memory results = run(sections);
            assertLe(before - gasleft(), 300_000, "gas");
            assertFailure(results[0], reason, "not measurable");
            assertCell(player, 0, 0, "calls");
        }
        assertEq(target.visitCount(), 0, "no visit");
        _token.spoil(_token.LONG(), true, false);
        assertSuccess(run(player, hit(1)), "a long answer is an answer");
        _token.spoil(0, false, false);
        assertSuccess(run(player, hit(1)), "the session goes on");
        assertEq(manager.sessionOf(player.sessionId).nextSequence, 5, "sequence");
    }

    /// Guarantee: an account that has lost its code fails, rather than to spend nothing; nothing is counted as done.
    function test_AccountWithoutCode() public {
        for (uint256 seed = 1; seed < 3; ++seed) {
            Player memory player = makePlayer(seed, P256, seed == 2, _terms(address(_token)));
            grant(player);
            vm.etch(player.account, "");
            assertFailure(run(player, _approve(5)), ISessionManager.AccountNotDeployed.selector, "no code");
            assertCell(player, 1, 0, "calls");
            assertMeter(player, 7, 0, 0, 0);
        }
    }

    /// Guarantee: nor if an allowance cannot be read that the intent has set; others do not matter.
    function test_UnreadableAllowance() public {
        Player memory player = makeActivePlayer(1, _terms(address(_token)));
        for (uint8 how = 1; how < 4; ++how) {
            _token.spoil(how, false, true);
            assertFailure(run(player, _approve(5)), ISessionManager.SpendNotMeasurable.selector, "not measurable");
            assertSuccess(run(player, hit(1)), "no allowance is asked for");
        }
        _token.spoil(0, false, false);
        assertEq(_token.allowance(player.account, stranger), 0, "undone");
        assertEq(meteredOf(player, 7), 0, "nothing counted");
    }

    /// Guarantee: an address without code tells nothing, so nothing can be limited by it.
    function test_NoToken() public {
        Terms memory terms = withSpendLimit(
            termsOf(permissionOf(address(target), "hit(uint256)", 100)), SpendLimit(address(0x123456), 100, 0, 0)
        );
        Player memory player = makeActivePlayer(1, terms);
        assertFailure(run(player, hit(1)), ISessionManager.SpendNotMeasurable.selector, "no code");
        assertEq(target.visitCount(), 0, "no visit");
    }

    /// behavior: what the called game reverts with comes through the frame.
    function test_ReasonOfTheCall() public {
        Terms memory terms = withSpendLimit(
            termsOf(
                permissionOf(address(target), "misbehave(uint8)", 100),
                withValue(permissionOf(address(target), "pay(uint256)", 5), 1, 1)
            ),
            SpendLimit(address(_token), 100, 0, 0)
        );
        Player memory player = makeActivePlayer(1, terms);
        bytes memory data = abi.encodeCall(Target.misbehave, (target.REVERT()));
        assertFailure(run(player, data), Target.Refused.selector, "reverted");
        data = abi.encodeCall(Target.misbehave, (target.REVERT_BOMB()));
        uint256 before = gasleft();
        assertTrue(!run(player, data).success, "bomb");
        assertLe(before - gasleft(), 700_000, "gas");
        data = abi.encodeCall(Target.misbehave, (target.SHORT_REVERT()));
        before = gasleft();
        assertFailure(run(player, data), bytes4(0), "three bytes are no reason");
        assertLe(before - gasleft(), 400_000, "gas of a short reason");
        vm.deal(player.account, 1);
        data = abi.encodeCall(Target.pay, (type(uint256).max));
        assertFailure(run(player, Call(address(target), 1, data)), Target.Refused.selector, "with value");
        assertEq(meteredOf(player, 0), 0, "value is not counted");
        assertSuccess(run(player, Call(address(target), 1, abi.encodeCall(Target.pay, (1)))), "value works");
        assertEq(meteredOf(player, 0), 1, "value is counted");
    }

    // ── Gas ───────────────────────────────────────────────────────────────────

    /// @dev Whether `execute` succeeds with so much gas; `results` are then those of its intents. Leaves no trace.
    function _try(bytes memory sections, uint256 gas) private returns (bool accepted, Result[] memory results) {
        uint256 state = vm.snapshotState();
        vm.recordLogs();
        (accepted,) = address(manager).call{gas: gas}(abi.encodeCall(manager.execute, (sections)));
        results = resultsIn(vm.getRecordedLogs());
        vm.revertToState(state);
    }

    /// @dev The least gas that `execute` accepts, found by halving.
    function _leastGas(bytes memory sections) private returns (uint256) {
        (uint256 low, uint256 high) = (50_000, 4_000_000);
        (bool accepted,) = _try(sections, high);
        assertTrue(accepted, "enough gas");
        while (low + 1 < high) {
            uint256 middle = (low + high) / 2;
            (accepted,) = _try(sections, middle);
            if (accepted) high = middle;
            else low = middle;
        }
        return high;
    }

    /// @dev With the least gas that is accepted, and with more, the intent ends the same.
    function _assertNoGasDecides(bytes memory sections, bool success, bytes4 reason) private {
        uint256 least = _leastGas(sections);
        uint256[8] memory surplus = [uint256(0), 1, 100, 1000, 5000, 20_000, 60_000, 400_000];
        for (uint256 i; i < surplus.length; ++i) {
            (bool accepted, Result[] memory results) = _try(sections, least + surplus[i]);
            assertTrue(accepted, "accepted");
            if (success) assertSuccess(results[0], "all the gas it needs");
            else assertFailure(results[0], reason, "not for want of gas");
        }
    }

    /// Guarantee: with too little gas, either the whole transaction reverts and nothing is used up, or the
    /// intent gets all the gas that it was signed with, and so does measuring, though every token takes its time.
    function test_NoGasDecides() public {
        for (uint256 tokens; tokens < 5; ++tokens) {
            Mill mill = new Mill();
            Player memory player = _miller(mill, tokens);
            Call[] memory calls = new Call[](tokens == 0 ? 1 : 9);
            calls[calls.length - 1] = Call(address(mill), 0, abi.encodeCall(Mill.grind, ()));
            for (uint256 i; i + 1 < calls.length; ++i) {
                address token = player.session.terms.spendLimits[i % tokens].token;
                calls[i] = Call(token, 0, abi.encodeCall(IERC20.approve, (address(uint160(0x10000 + i)), 5)));
            }
            Intent memory intent = makeIntent(player, calls);
            intent.callGas = 600_000;
            bytes memory sections = section(player, one(signed(player, intent)));
            _assertNoGasDecides(sections, true, 0);
            assertSuccess(run(sections)[0], "as often as you like");
            for (uint256 i; i < tokens; ++i) {
                uint256 approvals = 8 / tokens + (i < 8 % tokens ? 1 : 0);
                assertEq(meteredOf(player, 7 - i), 5 * approvals, "approved");
            }
        }
    }

    /// @dev May grind and add up; and approve slow tokens.
    function _miller(Mill mill, uint256 tokens) private returns (Player memory player) {
        Terms memory terms;
        terms.permissions = new Permission[](tokens + 1);
        terms.permissions[tokens] = withValue(permissionOf(address(mill), "grind()", 10), 1, 1);
        for (uint256 i; i < tokens; ++i) {
            OddToken token = new OddToken();
            token.spoil(token.SLOW(), true, true);
            terms.permissions[i] = permissionOf(address(token), "approve(address,uint256)", 100);
            terms = withSpendLimit(terms, SpendLimit(address(token), 100, 0, 0));
        }
        player = makeActivePlayer(1, terms);
    }

    /// Guarantee: the same for an intent with all meters that a session can have and no token.
    function test_NoGasDecides_Meters() public {
        Permission memory hitting = permissionOf(address(target), "hit(uint256)", 100);
        for (uint256 i; i < 8; ++i) {
            hitting = withRule(hitting, "sum(arg0) <= 100");
        }
        Player memory player = makeActivePlayer(1, termsOf(hitting));
        bytes memory sections = section(player, one(signed(player, makeIntent(player, hit(7)))));
        _assertNoGasDecides(sections, true, 0);
        assertSuccess(run(sections)[0], "as often as you like");
        for (uint256 i; i < 8; ++i) {
            assertEq(meteredOf(player, i), 7, "meters");
        }
    }

    /// Guarantee: the same for an intent that fails: it puts back every meter that it had charged, however little is left.
    function test_NoGasDecides_Failure() public {
        Permission memory pay = withValue(permissionOf(address(target), "pay(uint256)", 100), 1, 100);
        for (uint256 i; i < 6; ++i) {
            pay = withRule(pay, string.concat("sum(arg0) <= ", vm.toString(type(uint112).max)));
        }
        for (uint256 i; i < 2; ++i) {
            Terms memory terms = termsOf(pay, permissionOf(address(target), "misbehave(uint8)", 5));
            if (i == 1) terms = withSpendLimit(terms, SpendLimit(address(_token), 100, 0, 0));
            Player memory player = makeActivePlayer(10 + i, terms);
            vm.deal(player.account, 1);
            Call[] memory calls = calls2(
                Call(address(target), 1, abi.encodeCall(Target.pay, (7))),
                Call(address(target), 0, abi.encodeCall(Target.misbehave, (target.REVERT())))
            );
            bytes memory sections = section(player, one(signed(player, makeIntent(player, calls))));
            _assertNoGasDecides(sections, false, Target.Refused.selector);
            manager.execute{gas: _leastGas(sections)}(sections);
            for (uint256 j; j < 8; ++j) {
                assertEq(meteredOf(player, j), 0, "meters");
            }
            assertEq(manager.sessionOf(player.sessionId).nextSequence, 1, "sequence");
        }
    }
}

/// @notice The same for somebody else's accounts.
/// forge-config: default.isolate = true
contract SpendMeasuringOfForeignAccountTest is SpendMeasuringTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
