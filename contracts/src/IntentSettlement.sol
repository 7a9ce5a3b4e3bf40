// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/interfaces/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IntentLimits} from "./IntentLimits.sol";
import {AccountCall} from "./types/AccountCall.sol";
import {Frame} from "./types/Frame.sol";
import {Meter} from "./types/Meter.sol";
import {Needs} from "./types/Needs.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";
import {Approval, READ_GAS, Spend} from "./types/Spend.sol";

/// @title IntentSettlement
/// @notice Part of SessionManager: how an intent that has passed all checks is charged and executed.
/// @dev Sequence, counters and meters are stored first; then comes one gas-bounded call to the account; on failure the
/// counters and meters are put back and the sequence stays used. The words cannot have changed in between: bundles do
/// not nest, and what else happened inside a failed call is undone.
///
/// With spend limits, the call is made within a frame of this contract that compares the account's balances before and
/// after. What tokens lost counts even if no call named it, as when a contract takes what the owner allowed it long ago.
///
/// Sharp edges: what is taken by an allowance that the owner made is set off against what comes in within the same intent.
/// A failed call uses its sequence, and whoever carries it chooses the state in which it runs: calls that depend on one
/// another belong in one intent.
abstract contract IntentSettlement is IntentLimits {
    /// @dev Gas kept for the call itself and what follows it: putting things back, and the event.
    uint256 private constant SETTLE_GAS = 30_000;
    /// @dev The same for each meter: storing it, and putting it back.
    uint256 private constant METER_GAS = 25_000;
    /// @dev Gas that measuring takes besides reading tokens; and for each byte of the call, which is copied.
    uint256 private constant FRAME_GAS = 20_000;
    uint256 private constant BYTE_GAS = 16;

    /// @param charged The session's word with the calls of the intent counted.
    /// @param hashesEnd Where the hashes of the calls end.
    function _settle(SessionState charged, uint256 payloadEnd, uint256 hashesEnd) internal {
        unchecked {
            bytes32 sessionId = bytes32(Frame.get(Frame.SESSION_ID));
            uint256 word = SessionState.unwrap(charged);
            bool success;
            if (Frame.get(Frame.NEEDS) == 0) {
                word += 1 << SessionStateLib.SEQUENCE_SHIFT;
                _stateOf(sessionId).state = SessionState.wrap(word);
                success = _call(Frame.PAYLOAD, payloadEnd);
            } else {
                (word, success) = _settleSpecially(charged, payloadEnd, (hashesEnd - Frame.CALL_HASHES) / 32);
            }
            uint256 outcome = (Frame.get(Frame.LANE) << 224) | (Frame.get(Frame.SEQUENCE) << 192);
            if (success) {
                outcome |= 1 << 184;
            } else {
                word = (word & ~SessionStateLib.CELLS) | (Frame.get(Frame.STATE) & SessionStateLib.CELLS);
                _stateOf(sessionId).state = SessionState.wrap(word);
                outcome |= (Frame.get(Frame.NEEDS) == 0 ? _failure() : Frame.get(Frame.REFUSAL)) << 152;
            }
            emit IntentExecuted(sessionId, outcome | (word >> SessionStateLib.CELLS_SHIFT));
        }
    }

    /// @dev The same up to the call, for accounts that are not PlayerAccounts, for other lanes, and for intents that charge
    /// more than counters.
    /// @param count Of the calls.
    /// @return word The session's word with calls and sequence counted.
    function _settleSpecially(SessionState charged, uint256 payloadEnd, uint256 count)
        private
        returns (uint256 word, bool success)
    {
        unchecked {
            bytes32 sessionId = bytes32(Frame.get(Frame.SESSION_ID));
            uint256 lane = Frame.get(Frame.LANE);
            word = SessionState.unwrap(charged);
            if (lane == 0) word += 1 << SessionStateLib.SEQUENCE_SHIFT;
            else _laneSequences[sessionId][lane] = Frame.get(Frame.SEQUENCE) + 1;
            _stateOf(sessionId).state = SessionState.wrap(word);

            uint256 payload = Frame.PAYLOAD;
            if (!charged.fast()) (payload, payloadEnd) = AccountCall.rewrite(payload, payloadEnd, count);
            success = Needs.isMetered() ? _callMetered(charged, payload, payloadEnd) : _callAny(payload, payloadEnd);
            if (!charged.fast()) AccountCall.open(Frame.PAYLOAD);
        }
    }

    /// @dev No return data is copied.
    function _call(uint256 payload, uint256 payloadEnd) private returns (bool success) {
        unchecked {
            uint256 account = Frame.get(Frame.ACCOUNT);
            uint256 callGas = Frame.get(Frame.CALL_GAS);
            // Plain: `_requireGas(…)`, here for its price.
            if (gasleft() <= callGas + callGas / 32 + SETTLE_GAS) _revertForGas();
            assembly ("memory-safe") {
                success := call(callGas, account, 0, payload, sub(payloadEnd, payload), 0, 0)
            }
        }
    }

    /// @dev The same for any account, remembering what a failed call failed with.
    function _callAny(uint256 payload, uint256 payloadEnd) private returns (bool success) {
        success = _call(payload, payloadEnd);
        uint256 size;
        assembly ("memory-safe") {
            size := returndatasize()
        }
        if (!success) {
            Frame.set(Frame.REFUSAL, _failure());
        } else if (size == 0 && address(uint160(Frame.get(Frame.ACCOUNT))).code.length == 0) {
            // A call to nothing succeeds. `executeFromExecutor` returns something. (A PlayerAccount has code, unless its signer
            // destroys it in the transaction that creates it.)
            success = false;
            Frame.set(Frame.REFUSAL, uint32(AccountNotDeployed.selector));
        }
    }

    /// @return selector What the last call failed with; zero if it gave none.
    function _failure() private pure returns (uint256 selector) {
        assembly ("memory-safe") {
            if gt(returndatasize(), 3) {
                returndatacopy(0, 0, 4)
                selector := shr(224, mload(0))
            }
        }
    }

    // ── With meters ───────────────────────────────────────────────────────────

    function _callMetered(SessionState state, uint256 payload, uint256 payloadEnd) private returns (bool success) {
        unchecked {
            _storeMeters(Frame.METERS_AFTER);
            if (Needs.spendCount() == 0) {
                uint256 callGas = Frame.get(Frame.CALL_GAS);
                _requireGas(callGas + callGas / 32 + SETTLE_GAS + 8 * METER_GAS);
                success = _callAny(payload, payloadEnd);
            } else {
                success = _callAndMeasure(state, payload, payloadEnd);
            }
            if (!success) _storeMeters(Frame.METERS_BEFORE);
        }
    }

    function _storeMeters(uint256 run) private {
        unchecked {
            bytes32 sessionId = bytes32(Frame.get(Frame.SESSION_ID));
            uint256 metered = uint8(Frame.get(Frame.NEEDS));
            for (uint256 i; metered != 0; ++i) {
                if (metered & 1 != 0) _meterOf(sessionId, i).meter = Meter.wrap(Frame.getAt(run, i));
                metered >>= 1;
            }
        }
    }

    function _callAndMeasure(SessionState state, uint256 payload, uint256 payloadEnd) private returns (bool success) {
        unchecked {
            Frame.protectPayload(payloadEnd);
            Spend[] memory spends = _spends(state);
            Approval[] memory approvals = _approvals();
            (address account, uint256 callGas) = (address(uint160(Frame.get(Frame.ACCOUNT))), Frame.get(Frame.CALL_GAS));
            bytes memory question = abi.encodeCall(
                this.callMeasured, (account, callGas, _copyPayload(payload, payloadEnd), spends, approvals)
            );
            // Two balances of each token, and each allowance.
            uint256 frameGas = callGas + callGas / 32 + FRAME_GAS + BYTE_GAS * question.length + READ_GAS
                * (2 * spends.length + approvals.length);
            _requireGas(frameGas + frameGas / 32 + SETTLE_GAS + 8 * METER_GAS);
            bytes memory answer;
            (success, answer) = address(this).call{gas: frameGas}(question);
            if (success) _chargeSpends(state, spends, abi.decode(answer, (uint256[])));
            else Frame.set(Frame.REFUSAL, uint32(bytes4(answer)));
            Frame.releasePayload();
        }
    }

    /// @dev What each spend limit still allows, with what the calls of this intent name taken off and told apart.
    function _spends(SessionState state) private view returns (Spend[] memory spends) {
        unchecked {
            spends = new Spend[](Needs.spendCount());
            for (uint256 i; i < spends.length; ++i) {
                Spend memory spend = spends[i];
                uint256 index = _meterOfSpend(i);
                uint256 charged = _openMeter(index).total();
                Meter before = Meter.wrap(Frame.getAt(Frame.METERS_BEFORE, index));
                (uint256 max, uint256 period, uint256 maxPerPeriod) = _spendLimitAt(i);
                spend.token = _tokenAt(i);
                spend.named = charged - before.total();
                spend.left = max - before.total();
                if (period == 0) continue;
                uint256 left = maxPerPeriod - before.usedIn((block.timestamp - state.validAfter()) / period);
                spend.periodic = left < spend.left;
                if (spend.periodic) spend.left = left;
            }
        }
    }

    function _approvals() private pure returns (Approval[] memory approvals) {
        unchecked {
            approvals = new Approval[](Needs.approvalCount());
            for (uint256 i; i < approvals.length; ++i) {
                (approvals[i].spend, approvals[i].spender, approvals[i].amount) = Needs.approvalAt(i);
            }
        }
    }

    function _copyPayload(uint256 payload, uint256 payloadEnd) private pure returns (bytes memory execution) {
        unchecked {
            execution = new bytes(payloadEnd - payload);
            assembly ("memory-safe") {
                mcopy(add(execution, 0x20), payload, sub(payloadEnd, payload))
            }
        }
    }

    /// @dev Counts what was measured beyond what the calls named. The frame has compared it with what is left.
    function _chargeSpends(SessionState state, Spend[] memory spends, uint256[] memory charges) private {
        unchecked {
            for (uint256 i; i < spends.length; ++i) {
                uint256 index = _meterOfSpend(i);
                (uint256 max, uint256 period, uint256 maxPerPeriod) = _spendLimitAt(i);
                assert(_charge(state, index, charges[i] - spends[i].named, max, period, maxPerPeriod) == 0);
            }
            _storeMeters(Frame.METERS_AFTER);
        }
    }

    function callMeasured(
        address account,
        uint256 callGas,
        bytes calldata execution,
        Spend[] calldata spends,
        Approval[] calldata approvals
    ) external returns (uint256[] memory charges) {
        require(msg.sender == address(this), NotAuthorized(msg.sender));
        uint256[] memory balances = new uint256[](spends.length);
        for (uint256 i; i < spends.length; ++i) {
            balances[i] = _read(spends[i].token, abi.encodeCall(IERC20.balanceOf, (account)));
        }
        require(account.code.length != 0, AccountNotDeployed(account));
        (bool success, bytes4 failure) = _forward(account, callGas, execution);
        if (!success) _revertWith(failure);

        // What is gone and what may still be taken, but never less than what the calls named: tokens that came in meanwhile
        // hide none of it. Sums that would come round stay at the highest number.
        charges = new uint256[](spends.length);
        for (uint256 i; i < approvals.length; ++i) {
            uint256 index = approvals[i].spend;
            bytes memory question = abi.encodeCall(IERC20.allowance, (account, approvals[i].spender));
            uint256 left = Math.min(_read(spends[index].token, question), approvals[i].amount);
            charges[index] = Math.saturatingAdd(charges[index], left);
        }
        for (uint256 i; i < spends.length; ++i) {
            uint256 balance = _read(spends[i].token, abi.encodeCall(IERC20.balanceOf, (account)));
            uint256 lost = Math.saturatingSub(balances[i], balance);
            charges[i] = Math.max(Math.saturatingAdd(charges[i], lost), spends[i].named);
        }
        for (uint256 i; i < spends.length; ++i) {
            if (charges[i] <= spends[i].left) continue;
            if (spends[i].periodic) revert SpendPeriodLimitReached(spends[i].token);
            revert SpendLimitReached(spends[i].token);
        }
    }

    /// @dev What a token says, with bounded gas; it must say one word.
    function _read(address token, bytes memory question) private view returns (uint256 word) {
        bool read;
        assembly ("memory-safe") {
            read := staticcall(READ_GAS, token, add(question, 0x20), mload(question), 0x00, 0x20)
            read := and(read, gt(returndatasize(), 0x1f))
            word := mload(0x00)
        }
        require(read, SpendNotMeasurable(token));
    }

    function _forward(address account, uint256 callGas, bytes calldata execution)
        private
        returns (bool success, bytes4 failure)
    {
        assembly ("memory-safe") {
            let payload := mload(0x40)
            calldatacopy(payload, execution.offset, execution.length)
            success := call(callGas, account, 0, payload, execution.length, 0, 0)
            if iszero(success) {
                if gt(returndatasize(), 3) {
                    returndatacopy(0, 0, 4)
                    failure := shl(224, shr(224, mload(0)))
                }
            }
        }
    }

    function _revertWith(bytes4 selector) private pure {
        assembly ("memory-safe") {
            mstore(0, selector)
            revert(0, 4)
        }
    }
}
