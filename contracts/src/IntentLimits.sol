// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionGrants} from "./SessionGrants.sol";
import {Arguments} from "./types/Arguments.sol";
import {Calldata} from "./types/Calldata.sol";
import {EntryLimits} from "./types/EntryLimits.sol";
import {Frame} from "./types/Frame.sol";
import {Meter, MeterLib} from "./types/Meter.sol";
import {Needs} from "./types/Needs.sol";
import {SessionState} from "./types/SessionState.sol";
import {MAX_APPROVALS} from "./types/Spend.sol";

/// @title IntentLimits
/// @notice Part of SessionManager: whether a call is within the limits of its entry, and what it uses up of them.
/// @dev Reads storage and the bundle, writes the frame only: what a call uses up is stored when its intent is settled.
/// Limits of periods count in periods that begin at the session's `validAfter`.
abstract contract IntentLimits is SessionGrants {
    using Calldata for uint256;

    /// @dev Checks all limits of a call and counts it. The first error goes to the frame; what is counted in spite of one is
    /// never stored.
    /// @param state The session's word, with the earlier calls of the intent counted.
    /// @param index Of the entry, whose contract has code.
    /// @return charged The same word with this call counted.
    function _chargeCall(SessionState state, uint256 index, uint256 value, Arguments args)
        internal
        view
        returns (SessionState charged)
    {
        unchecked {
            (uint256 cursor, uint256 flags, uint256 maxCalls) = Frame.detailAt(index);
            uint256 cell = flags >> EntryLimits.CELL_SHIFT;
            if (state.cellAt(cell) >= maxCalls) _refuse(CallLimitReached.selector);
            charged = state.countInCell(cell);
            uint256 period;
            if (flags & (EntryLimits.VALUE | EntryLimits.PERIOD) != 0) {
                uint256 valueLimits = cursor;
                if (flags & EntryLimits.VALUE != 0) cursor += EntryLimits.VALUE_SIZE;
                uint256 maxValuePerPeriod;
                if (flags & EntryLimits.PERIOD != 0) {
                    period = cursor.loadNumber(4);
                    charged = _countInPeriod(charged, cell + 1, period, (cursor + 4).loadNumber(4));
                    cursor += EntryLimits.PERIOD_SIZE;
                    if (flags & EntryLimits.VALUE != 0) {
                        maxValuePerPeriod = cursor.loadNumber(EntryLimits.AMOUNT_SIZE);
                        cursor += EntryLimits.AMOUNT_SIZE;
                    }
                }
                if (value != 0) _chargeValue(state, valueLimits, value, period, maxValuePerPeriod);
            }
            if (flags & EntryLimits.RULES != 0) _checkRules(state, cursor, period, args);
            if (flags & EntryLimits.TOKEN != 0) {
                _chargeToken(state, index, (flags & EntryLimits.TOKEN) >> EntryLimits.TOKEN_SHIFT, args);
            }
        }
    }

    /// @dev The first error counts.
    function _refuse(bytes4 reason) internal pure {
        if (Frame.get(Frame.REFUSAL) == 0) Frame.set(Frame.REFUSAL, uint32(reason));
    }

    /// @param cell Number of the last period with a call; in the next one are the calls in it.
    function _countInPeriod(SessionState state, uint256 cell, uint256 period, uint256 maxCalls)
        private
        view
        returns (SessionState)
    {
        unchecked {
            uint256 current = (block.timestamp - state.validAfter()) / period;
            uint256 uses = state.cellAt(cell) == current ? state.cellAt(cell + 1) : 0;
            if (uses >= maxCalls) _refuse(CallPeriodLimitReached.selector);
            return state.setCell(cell, current).setCell(cell + 1, uses + 1);
        }
    }

    /// @param limits Position of meter 1 ‖ maxValuePerCall 14 ‖ maxValue 14.
    function _chargeValue(SessionState state, uint256 limits, uint256 value, uint256 period, uint256 maxPerPeriod)
        private
        view
    {
        unchecked {
            if (value > (limits + 1).loadNumber(EntryLimits.AMOUNT_SIZE)) _refuse(ValuePerCallExceeded.selector);
            uint256 max = (limits + 15).loadNumber(EntryLimits.AMOUNT_SIZE);
            uint256 over = _charge(state, limits.loadNumber(1), value, max, period, maxPerPeriod);
            if (over == OVER_TOTAL) _refuse(ValueLimitReached.selector);
            if (over == OVER_PERIOD) _refuse(ValuePeriodLimitReached.selector);
        }
    }

    /// @param cursor Position of ruleCount 1 ‖ rules.
    function _checkRules(SessionState state, uint256 cursor, uint256 period, Arguments args) private view {
        unchecked {
            uint256 count = cursor.loadNumber(1);
            for (++cursor; count != 0; --count) {
                uint256 head = cursor.load();
                uint256 offset = (head >> 248) << 5;
                uint256 shape = uint8(head >> 240);
                cursor += 2;
                if (args.size() < offset + 32) return _refuse(ArgumentsTooShort.selector);
                uint256 word = args.wordAt(offset);
                if (shape & EntryLimits.SUM == 0) {
                    bool allowed;
                    (allowed, cursor) = EntryLimits.isInRanges(cursor, shape, word);
                    if (!allowed) _refuse(ArgumentNotAllowed.selector);
                } else {
                    cursor = _chargeSum(state, cursor, shape & 7, period, word);
                }
            }
        }
    }

    /// @param cursor Position of max 14 ‖ [maxPerPeriod 14].
    /// @return Position behind it.
    function _chargeSum(SessionState state, uint256 cursor, uint256 meter, uint256 period, uint256 word)
        private
        view
        returns (uint256)
    {
        unchecked {
            uint256 max = cursor.loadNumber(EntryLimits.AMOUNT_SIZE);
            cursor += EntryLimits.AMOUNT_SIZE;
            uint256 maxPerPeriod;
            if (period != 0) {
                maxPerPeriod = cursor.loadNumber(EntryLimits.AMOUNT_SIZE);
                cursor += EntryLimits.AMOUNT_SIZE;
            }
            uint256 over = _charge(state, meter, word, max, period, maxPerPeriod);
            if (over == OVER_TOTAL) _refuse(ArgumentSumReached.selector);
            if (over == OVER_PERIOD) _refuse(ArgumentPeriodSumReached.selector);
            return cursor;
        }
    }

    /// @dev What a call of the token says that it moves or allows counts at once. Allowances are remembered, as what is left
    /// of them counts on top of what is gone when the calls have been made.
    /// @param kind See EntryLimits.TOKEN.
    function _chargeToken(SessionState state, uint256 index, uint256 kind, Arguments args) private view {
        unchecked {
            // The amount is the last argument: the third of transferFrom, the second of the others.
            uint256 offset = kind == 2 ? 64 : 32;
            if (args.size() < offset + 32) return _refuse(ArgumentsTooShort.selector);
            uint256 amount = args.wordAt(offset);
            uint256 spend;
            while (_tokenAt(spend) != Frame.targetAt(index)) {
                ++spend;
            }
            if (kind == 3) {
                if (Needs.approvalCount() == MAX_APPROVALS) return _refuse(TooManyApprovals.selector);
                Needs.addApproval(spend, uint160(args.wordAt(0)), amount);
            }
            (uint256 max, uint256 period, uint256 maxPerPeriod) = _spendLimitAt(spend);
            uint256 over = _charge(state, _meterOfSpend(spend), amount, max, period, maxPerPeriod);
            if (over == OVER_TOTAL) _refuse(SpendLimitReached.selector);
            if (over == OVER_PERIOD) _refuse(SpendPeriodLimitReached.selector);
        }
    }

    // ── Meters ────────────────────────────────────────────────────────────────

    uint256 internal constant OVER_TOTAL = 1;
    uint256 internal constant OVER_PERIOD = 2;

    /// @dev Counts `amount` on a meter, in the frame.
    /// @return Zero, or which limit it would exceed.
    function _charge(
        SessionState state,
        uint256 index,
        uint256 amount,
        uint256 max,
        uint256 period,
        uint256 maxPerPeriod
    ) internal view returns (uint256) {
        unchecked {
            Meter meter = _openMeter(index);
            uint256 total = meter.total();
            // The amount by itself first, as it may be any number.
            if (amount > max || total + amount > max) return OVER_TOTAL;
            uint256 current;
            uint256 used;
            if (period != 0) {
                current = (block.timestamp - state.validAfter()) / period;
                used = meter.usedIn(current) + amount;
                if (used > maxPerPeriod) return OVER_PERIOD;
            }
            Frame.setAt(Frame.METERS_AFTER, index, Meter.unwrap(MeterLib.pack(total + amount, current, used)));
            return 0;
        }
    }

    /// @dev The meter with what the intent has charged so far.
    function _openMeter(uint256 index) internal view returns (Meter) {
        unchecked {
            uint256 metered = Frame.get(Frame.NEEDS);
            if (metered & (1 << index) == 0) {
                uint256 stored = Meter.unwrap(_meterOf(bytes32(Frame.get(Frame.SESSION_ID)), index).meter);
                Frame.set(Frame.NEEDS, metered | (1 << index));
                Frame.setAt(Frame.METERS_BEFORE, index, stored);
                Frame.setAt(Frame.METERS_AFTER, index, stored);
            }
            return Meter.wrap(Frame.getAt(Frame.METERS_AFTER, index));
        }
    }

    // ── Spend limits of the section ───────────────────────────────────────────

    /// @dev Spend limits count their meters from the last one down.
    function _meterOfSpend(uint256 spend) internal pure returns (uint256) {
        unchecked {
            return 7 - spend;
        }
    }

    function _tokenAt(uint256 spend) internal pure returns (address) {
        unchecked {
            return address(uint160((Frame.get(Frame.SPENDS) + EntryLimits.SPEND_SIZE * spend).loadNumber(20)));
        }
    }

    function _spendLimitAt(uint256 spend) internal pure returns (uint256 max, uint256 period, uint256 maxPerPeriod) {
        unchecked {
            uint256 row = Frame.get(Frame.SPENDS) + EntryLimits.SPEND_SIZE * spend;
            return ((row + 20).loadNumber(14), (row + 34).loadNumber(4), (row + 38).loadNumber(14));
        }
    }
}
