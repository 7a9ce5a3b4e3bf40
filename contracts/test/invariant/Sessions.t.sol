// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Player, Playground} from "../Playground.sol";
import {Target} from "../targets/Target.sol";
import {SessionsHandler} from "./SessionsHandler.sol";

/// @notice What holds after any series of grants, intents, forgeries, replays, revocations, pauses and time.
contract SessionsInvariantTest is Playground {
    SessionsHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new SessionsHandler();
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

    /// Guarantee: every call that a target ever saw belongs to one intent that was signed, granted,
    /// in time, not revoked, and that happened once.
    function invariant_EveryVisitWasExpected() public view {
        assertEq(target.visitCount(), handler.expectedVisits(), "visits");
        assertEq(handler.surprises(), 0, handler.lastSurprise());
    }

    /// Guarantee: counters are exactly what the targets saw, and never above the limits.
    function invariant_CountersAreTrue() public view {
        for (uint256 i; i < handler.playerCount(); ++i) {
            Player memory player = handler.playerAt(i);
            uint32[8] memory cells = manager.sessionOf(player.sessionId).cells;
            // Entries 0 and 1 have periods, and so three cells each.
            uint256[3] memory firstCells = [uint256(0), 3, 6];
            for (uint256 entry; entry < 3; ++entry) {
                assertEq(cells[firstCells[entry]], handler.successes(player.sessionId, entry), "uses");
                assertLe(cells[firstCells[entry]], player.session.terms.permissions[entry].maxCalls, "limit");
            }
            for (uint256 entry; entry < 2; ++entry) {
                uint256 period = cells[firstCells[entry] + 1];
                uint256 uses = cells[firstCells[entry] + 2];
                assertEq(uses, handler.periodCalls(player.sessionId, period, entry), "uses in the period");
                assertLe(uses, player.session.terms.permissions[entry].maxCallsPerPeriod, "limit of the period");
                assertLe(period, handler.periodOf(player), "no period of the future");
            }
            assertEq(cells[7], 0, "a cell of no entry");
        }
    }

    /// Guarantee: meters are exactly what was sent and summed, and never above the limits.
    function invariant_MetersAreTrue() public view {
        for (uint256 i; i < handler.playerCount(); ++i) {
            Player memory player = handler.playerAt(i);
            // The sum of entry 0 comes first, then the value of entry 1.
            (uint256 total, uint256 period, uint256 used) = manager.meterOf(player.sessionId, 0);
            assertEq(total, handler.summed(player.sessionId), "sum");
            assertEq(used, handler.periodSummed(player.sessionId, period), "sum of the period");
            assertTrue(total <= 800 && used <= 200, "limits of the sum");
            (total, period, used) = manager.meterOf(player.sessionId, 1);
            assertEq(total, handler.spent(player.sessionId), "value");
            assertEq(used, handler.periodSpent(player.sessionId, period), "value of the period");
            assertTrue(total <= 2 ether && used <= 1.1 ether, "limits of the value");
            for (uint256 index = 2; index < 8; ++index) {
                assertMeter(player, index, 0, 0, 0);
            }
        }
    }

    /// Guarantee: the value that left accounts is what was counted, and the manager never holds any.
    function invariant_ValueAddsUp() public view {
        uint256 spent;
        for (uint256 i; i < handler.playerCount(); ++i) {
            spent += handler.spent(handler.playerAt(i).sessionId);
        }
        assertEq(address(target).balance, spent, "received");
        assertEq(address(manager).balance, 0, "manager");
    }

    /// Guarantee: revoked is for ever.
    function invariant_RevokedStaysRevoked() public view {
        for (uint256 i; i < handler.playerCount(); ++i) {
            bytes32 sessionId = handler.playerAt(i).sessionId;
            if (handler.revoked(sessionId)) assertEq(manager.sessionOf(sessionId).status, 2, "status");
        }
    }

    /// Guarantee: sequences go up by one for each intent that was executed, on each lane.
    function invariant_SequencesCountExecutions() public view {
        for (uint256 i; i < handler.playerCount(); ++i) {
            bytes32 sessionId = handler.playerAt(i).sessionId;
            for (uint32 lane; lane < 3; ++lane) {
                assertEq(manager.laneSequenceOf(sessionId, lane), handler.executions(sessionId, lane), "sequence");
            }
        }
    }

    /// Guarantee: signers and modules of the accounts are what they were.
    function invariant_AccountsAreUnchanged() public view {
        for (uint256 i; i < handler.playerCount(); ++i) {
            assertEq(handler.configurationOf(i), handler.initialConfiguration(i), "configuration");
        }
    }
}
