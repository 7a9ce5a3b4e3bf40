// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionRegistry} from "./SessionRegistry.sol";
import {AccountCall} from "./types/AccountCall.sol";
import {Frame, FrameLib} from "./types/Frame.sol";
import {MAX_CALLS, MAX_CALL_GAS, MAX_INTENT_LIFETIME} from "./types/Intent.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {PermissionTable} from "./types/PermissionTable.sol";
import {Grant, SCHEME_P256, SCHEME_SECP256K1} from "./types/Session.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";

/// @title IntentExecutor
/// @notice Part of SessionManager: how bundles are parsed, checked and executed.
/// @dev Every byte of a bundle is bound by a hash: what identifies the session by its id, the table by the id too, and
/// the rest by the session key's signature. So a relayer who changes a byte names another session or breaks the
/// signature. The exceptions change nothing: in which section an intent stands, and where.
///
/// Order, for each intent: all checks, which write nothing; then sequence and counters, in one store; then one
/// gas-bounded call to the account; on failure the counters are put back and the sequence stays used. The word cannot
/// have changed in between: bundles do not nest, and what else happened inside the failed call is undone.
abstract contract IntentExecutor is SessionRegistry {
    using FrameLib for uint256;

    /// @dev Gas that one grant may use: creating the account, and an owner that is a contract or a passkey on a chain
    /// without precompile.
    uint256 private constant GRANT_GAS = 1_000_000;
    /// @dev Gas kept for the call itself and what follows it: putting counters back, and the event.
    uint256 private constant SETTLE_GAS = 30_000;
    uint256 private constant SIGNATURE_SIZE = 64;

    bool private transient _executing;

    function execute(Grant[] calldata grants, bytes calldata sections) external {
        require(!_executing, ReentrantExecution());
        require(grants.length != 0 || sections.length != 0, EmptyBundle());
        _executing = true;
        for (uint256 i; i < grants.length; ++i) {
            _tryGrant(grants[i], i);
        }
        if (sections.length != 0) _executeSections(sections);
        _executing = false;
    }

    function _tryGrant(Grant calldata grant, uint256 index) private {
        require(gasleft() > GRANT_GAS + GRANT_GAS / 32 + SETTLE_GAS, InsufficientGrantGas(index));
        try this.enableGrant{gas: GRANT_GAS}(grant, msg.sender) {}
        catch (bytes memory reason) {
            emit GrantRejected(grant.session.account, grant.session.policyId, reason);
        }
    }

    function _executeSections(bytes calldata sections) private {
        Frame memory frame;
        frame.open(sections, _domainSeparatorV4());
        unchecked {
            while (frame.cursor < frame.end) {
                for (uint256 count = _openSection(frame); count != 0; --count) {
                    _executeIntent(frame);
                    ++frame.intentIndex;
                }
            }
        }
        if (frame.cursor != frame.end) _revertMalformed(frame, frame.end);
    }

    /// @return intentCount Intents that follow.
    function _openSection(Frame memory frame) private pure returns (uint256 intentCount) {
        unchecked {
            uint256 cursor = frame.cursor;
            bytes32 policyId = bytes32(cursor.load());
            uint256 entryCount = (cursor + 32).load() >> 248;
            if (entryCount == 0 || entryCount > PermissionTable.MAX_ENTRIES) _revertMalformed(frame, cursor + 32);
            cursor = frame.openTable(policyId, entryCount, cursor + 33);
            intentCount = cursor.load() >> 240;
            frame.cursor = cursor + 2;
        }
    }

    function _executeIntent(Frame memory frame) private {
        unchecked {
            uint256 cursor = frame.cursor;
            uint256 head = cursor.load();
            uint256 scheme = uint8(head >> 88);
            if (scheme != SCHEME_P256 && scheme != SCHEME_SECP256K1) _revertMalformed(frame, cursor + 20);
            uint256 keySize = scheme == SCHEME_P256 ? 64 : 20;
            uint256 epoch = uint32(head >> 56);
            bytes32 sessionId = frame.hashIdentity(cursor, keySize);
            frame.account = address(uint160(head >> 96));
            frame.sessionId = sessionId;
            uint256 publicKey = cursor + 25;

            cursor = publicKey + keySize;
            uint256 terms = cursor.load();
            frame.lane = terms >> 224;
            frame.sequence = uint32(terms >> 192);
            frame.expiry = uint40(terms >> 152);
            frame.callGas = uint32(terms >> 120);
            uint256 signature = cursor + 17;

            SessionState state = _states[sessionId];
            bytes4 reason = _checkSession(frame, state, epoch);
            uint256 count;
            SessionState charged;
            (reason, count, charged) = _readCalls(frame, state, signature + SIGNATURE_SIZE, epoch, reason);
            if (reason == 0 && !_isSigned(frame.digest(count), scheme, signature, publicKey)) {
                reason = InvalidKeySignature.selector;
            }
            if (reason != 0) {
                emit IntentRejected(
                    sessionId, (frame.lane << 224) | (frame.sequence << 192) | (uint256(uint32(reason)) << 160)
                );
            } else {
                _settle(frame, state, charged);
            }
            uint256 payload = frame.payload;
            assembly ("memory-safe") {
                // Give the memory of the payload back.
                mstore(0x40, payload)
            }
        }
    }

    /// @return reason Selector of the first error, or zero.
    function _checkSession(Frame memory frame, SessionState state, uint256 epoch) private view returns (bytes4 reason) {
        unchecked {
            if (state.status() != SessionStateLib.STATUS_ACTIVE) {
                return state.status() == SessionStateLib.STATUS_NONE ? UnknownSession.selector : RevokedSession.selector;
            }
            uint256 validUntil = state.validUntil();
            if (block.timestamp >= validUntil) return SessionExpired.selector;
            if (block.timestamp < state.validAfter()) return SessionNotStarted.selector;
            uint256 expiry = frame.expiry;
            if (block.timestamp >= expiry) return IntentExpired.selector;
            if (expiry > block.timestamp + MAX_INTENT_LIFETIME) return ExpiryTooFar.selector;
            if (frame.callGas > MAX_CALL_GAS) return CallGasTooHigh.selector;
            uint256 next = frame.lane == 0 ? state.nextSequence() : _laneSequences[frame.sessionId][frame.lane];
            // The very last number stays unused, so that none ever comes round again.
            if (frame.sequence < next || next == type(uint32).max) return SequenceUsed.selector;
            if (frame.sequence > next) return SequenceAhead.selector;
            if (block.timestamp < _policies[frame.policyId].pausedUntil) return PolicyIsPaused.selector;
            // A PlayerAccount keeps its epoch itself and compares it when called.
            if (!state.fast() && _epochs[frame.account] != epoch) return EpochMismatch.selector;
        }
    }

    /// @dev Reads the calls, checks and counts them, hashes them, and writes the call to the account.
    /// @param reason Of an earlier refusal; the calls are then only skipped.
    /// @return Selector of the first error, or zero.
    /// @return count Number of calls.
    /// @return charged The session's word with this intent's calls counted.
    function _readCalls(Frame memory frame, SessionState state, uint256 cursor, uint256 epoch, bytes4 reason)
        private
        view
        returns (bytes4, uint256 count, SessionState charged)
    {
        unchecked {
            bool fast = state.fast();
            charged = state;
            count = cursor.load() >> 248;
            if (count == 0 || count > MAX_CALLS) _revertMalformed(frame, cursor);
            ++cursor;
            uint256 payload;
            assembly ("memory-safe") {
                payload := mload(0x40)
            }
            frame.payload = payload;
            frame.valued = 0;
            uint256 writer = AccountCall.open(payload, fast, epoch, count);
            for (uint256 i; i < count; ++i) {
                uint256 head = cursor.load();
                uint256 index = head >> 248;
                if (index >= frame.entryCount) _revertMalformed(frame, cursor);
                uint256 entry = frame.entryAt(index);
                uint256 argsSize = uint16(head >> 232);
                cursor += 3;
                uint256 value;
                if (FrameLib.carriesValue(entry)) {
                    value = cursor.load() >> 128;
                    cursor += 16;
                }
                if (reason == 0) {
                    reason = _checkCall(frame, index, entry, value, charged);
                    charged = SessionState.wrap(
                        SessionState.unwrap(charged)
                            + (1 << (SessionStateLib.COUNTERS_SHIFT + SessionStateLib.COUNTER_BITS * index))
                    );
                }
                frame.to = address(uint160(entry >> 64));
                frame.value = value;
                (writer, frame.dataHash) =
                    AccountCall.append(payload, writer, fast, i, count, entry, value, cursor, argsSize);
                frame.hashCall(i);
                cursor += argsSize;
            }
            if (cursor > frame.end) _revertMalformed(frame, cursor);
            frame.cursor = cursor;
            writer = AccountCall.close(payload, writer, fast);
            frame.payloadEnd = writer;
            assembly ("memory-safe") {
                // The payload stays in use while the signature is checked.
                mstore(0x40, and(add(writer, 63), not(31)))
            }
            return (reason, count, charged);
        }
    }

    function _checkCall(Frame memory frame, uint256 index, uint256 entry, uint256 value, SessionState charged)
        private
        view
        returns (bytes4)
    {
        unchecked {
            address to = address(uint160(entry >> 64));
            if (entry & FrameLib.CALLABLE == 0) {
                if (_isForbiddenTarget(to)) return ForbiddenTarget.selector;
                if (to.code.length == 0) return TargetHasNoCode.selector;
                // Neither can change before the transaction ends, so once per section is enough.
                frame.entries[index] = entry | FrameLib.CALLABLE;
            }
            if (to == frame.account) return ForbiddenTarget.selector;
            if (charged.uses(index) >= uint32(entry)) return CallLimitReached.selector;
            if (value != 0) return _checkValue(frame, index, value);
            return 0;
        }
    }

    /// @dev Counts the value for the entry in memory; it is written when the intent is settled.
    function _checkValue(Frame memory frame, uint256 index, uint256 value) private view returns (bytes4) {
        unchecked {
            uint256 limits = frame.limits[index];
            if (value > limits >> 128) return ValuePerCallExceeded.selector;
            if (frame.valued & (1 << index) == 0) {
                frame.valued |= 1 << index;
                frame.spent[index] = _valueSpent[frame.sessionId][index];
                frame.charged[index] = 0;
            }
            uint256 charged = frame.charged[index] + value;
            if (frame.spent[index] + charged > uint128(limits)) return ValueLimitReached.selector;
            frame.charged[index] = charged;
            return 0;
        }
    }

    /// @param signature Position of `r ‖ s`, or `r ‖ vs`.
    /// @param publicKey Position of the key; the session id commits to it.
    function _isSigned(bytes32 digest, uint256 scheme, uint256 signature, uint256 publicKey)
        private
        view
        returns (bool)
    {
        unchecked {
            bytes32 r = bytes32(signature.load());
            bytes32 s = bytes32((signature + 32).load());
            if (scheme == SCHEME_P256) {
                return
                    KeySignature.isValidP256(digest, r, s, bytes32(publicKey.load()), bytes32((publicKey + 32).load()));
            }
            return KeySignature.isValidSecp256k1(digest, r, s, address(uint160(publicKey.load() >> 96)));
        }
    }

    function _settle(Frame memory frame, SessionState state, SessionState charged) private {
        unchecked {
            bytes32 sessionId = frame.sessionId;
            uint256 word = SessionState.unwrap(charged);
            if (frame.lane == 0) word += 1 << SessionStateLib.SEQUENCE_SHIFT;
            else _laneSequences[sessionId][frame.lane] = frame.sequence + 1;
            _states[sessionId] = SessionState.wrap(word);
            if (frame.valued != 0) _writeValues(frame, true);

            uint256 callGas = frame.callGas;
            require(gasleft() > callGas + callGas / 32 + SETTLE_GAS, InsufficientGas(frame.intentIndex));
            (bool success, uint256 revertSelector) = _call(frame, callGas, state.fast());
            if (!success) {
                uint256 counters = type(uint256).max << SessionStateLib.COUNTERS_SHIFT;
                word = (word & ~counters) | (SessionState.unwrap(state) & counters);
                _states[sessionId] = SessionState.wrap(word);
                if (frame.valued != 0) _writeValues(frame, false);
            }
            emit IntentExecuted(
                sessionId,
                (frame.lane << 224) | (frame.sequence << 192) | (success ? 1 << 184 : 0) | (revertSelector << 152)
                    | (word >> SessionStateLib.COUNTERS_SHIFT)
            );
        }
    }

    /// @dev No return data is copied but the selector of a failure. An account of others must have code: a call to
    /// nothing succeeds.
    function _call(Frame memory frame, uint256 callGas, bool fast)
        private
        returns (bool success, uint256 revertSelector)
    {
        address account = frame.account;
        if (!fast && account.code.length == 0) return (false, uint32(AccountNotDeployed.selector));
        uint256 payload = frame.payload;
        uint256 payloadEnd = frame.payloadEnd;
        assembly ("memory-safe") {
            success := call(callGas, account, 0, payload, sub(payloadEnd, payload), 0, 0)
            if iszero(success) {
                if gt(returndatasize(), 3) {
                    returndatacopy(0, 0, 4)
                    revertSelector := shr(224, mload(0))
                }
            }
        }
    }

    function _writeValues(Frame memory frame, bool charge) private {
        unchecked {
            for (uint256 i; i < frame.entryCount; ++i) {
                if (frame.valued & (1 << i) == 0) continue;
                _valueSpent[frame.sessionId][i] = frame.spent[i] + (charge ? frame.charged[i] : 0);
            }
        }
    }

    function _revertMalformed(Frame memory frame, uint256 cursor) private pure {
        unchecked {
            revert MalformedBundle(cursor - frame.start);
        }
    }
}
