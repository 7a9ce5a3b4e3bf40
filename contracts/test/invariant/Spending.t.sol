// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Player, Playground} from "../Playground.sol";
import {SpendingHandler} from "./SpendingHandler.sol";

/// @notice What holds of money after any series of intents, grants, renewals, rotations, revocations, thefts and time.
contract SpendingInvariantTest is Playground {
    SpendingHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new SpendingHandler();
        handler.setUp();
        manager = handler.sessionManager();
        target = handler.sharedTarget();
    }

    /// @dev What the fuzzer calls: the handler, and nothing else.
    function targetContracts() external view returns (address[] memory contracts) {
        contracts = new address[](1);
        contracts[0] = address(handler);
    }

    /// @dev The handler's actions: it has helpers that are public too.
    function targetSelectors() external view returns (FuzzSelector[] memory selectors) {
        selectors = new FuzzSelector[](1);
        selectors[0] = FuzzSelector(address(handler), handler.actions());
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// Guarantee: nothing leaves an account but by its owner's wish, by intents of its own sessions, or by those whom such
    /// intents allowed to take it; and of each session never more than was signed, in all and in any period, whatever is
    /// still to be taken. What the manager counts is what happened. Sessions that ended stay ended, and no sequence is used
    /// twice. (One function, as each would play all games anew.)
    function invariant_NeverMoreThanSigned() public view {
        assertEq(handler.surprises(), 0, handler.lastSurprise());
        for (uint256 i; i < handler.accountCount(); ++i) {
            _checkAccount(handler.accounts(i));
        }
        for (uint256 i; i < handler.sessionCount(); ++i) {
            Player memory player = handler.sessionAt(i);
            _checkLimits(player);
            _checkMeters(player);
            _checkRecord(player.sessionId);
        }
    }

    function _checkAccount(address account) private view {
        uint256[2] memory balances = handler.balancesOf(account);
        for (uint256 token; token < 2; ++token) {
            assertEq(handler.tokens(token).balanceOf(account), balances[token], "tokens of the account");
            assertEq(handler.tokens(token).balanceOf(address(manager)), 0, "tokens of the manager");
        }
        assertEq(account.balance, handler.ethers(account), "value of the account");
        assertEq(address(manager).balance, 0, "value of the manager");
        assertEq(manager.epochOf(account), handler.epochs(account), "epoch");
    }

    /// @dev What is gone, and what may still be taken.
    function _checkLimits(Player memory player) private view {
        bytes32 id = player.sessionId;
        uint256[2] memory lost = handler.lostOf(id);
        uint256 allowance = handler.tokens(0).allowance(player.account, handler.spenderOf(id));
        assertLe(lost[0] + allowance, handler.maxAmountOf(0), "first token");
        assertLe(lost[1], handler.maxAmountOf(1), "second token");
        assertLe(handler.valueSpent(id), handler.MAX_VALUE(), "value");
        uint256 last = handler.periodOf(player);
        for (uint256 period = last < 3 ? 0 : last - 3; period <= last; ++period) {
            assertLe(handler.lostInPeriod(id, period), handler.maxAmountPerPeriod(), "in a period");
        }
    }

    function _checkMeters(Player memory player) private view {
        bytes32 id = player.sessionId;
        uint256[2] memory charged = handler.chargedOf(id);
        (uint256 total, uint256 period, uint256 used) = manager.meterOf(id, 7);
        assertEq(total, charged[0], "first token's meter");
        assertEq(used, handler.chargedInPeriod(id, period), "its period");
        assertLe(total, handler.maxAmountOf(0), "its limit");
        assertLe(used, handler.maxAmountPerPeriod(), "its limit of the period");
        assertMeter(player, 6, charged[1], 0, 0);
        assertMeter(player, 0, handler.valueSpent(id), 0, 0);
        assertLe(charged[1], handler.maxAmountOf(1), "second token's limit");
    }

    function _checkRecord(bytes32 id) private view {
        ISessionManager.SessionRecord memory session = manager.sessionOf(id);
        assertEq(session.status, handler.revoked(id) ? 2 : 1, "status");
        assertEq(session.validUntil, handler.validUntil(id), "end");
        uint256[7] memory calls = handler.callsOf(id);
        for (uint256 entry; entry < 7; ++entry) {
            assertEq(session.cells[entry], calls[entry], "calls");
            assertLe(calls[entry], handler.maxCallsOf(entry), "limit of calls");
        }
        assertEq(session.cells[7], 0, "a cell of no entry");
        assertEq(manager.laneSequenceOf(id, 0), handler.nextSequence(id, 0), "sequence");
        assertEq(manager.laneSequenceOf(id, 3), handler.nextSequence(id, 3), "sequence of the other lane");
    }
}
