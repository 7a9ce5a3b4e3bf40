// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionRegistry} from "./SessionRegistry.sol";
import {AccountCall} from "./types/AccountCall.sol";
import {Calldata} from "./types/Calldata.sol";
import {Frame} from "./types/Frame.sol";
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
    using Calldata for uint256;

    /// @dev Gas that one grant may use: creating the account, and an owner that is a contract or a passkey on a chain
    /// without precompile.
    uint256 private constant GRANT_GAS = 1_000_000;
    /// @dev Gas kept for the call itself and what follows it: putting counters back, and the event.
    uint256 private constant SETTLE_GAS = 30_000;
    uint256 private constant SIGNATURE_SIZE = 64;
    uint256 private constant COUNTERS = type(uint256).max << SessionStateLib.COUNTERS_SHIFT;

    /// @dev 1 within `execute`.
    uint256 private transient _executing;

    function execute(Grant[] calldata grants, bytes calldata sections) external {
        require(_executing == 0, ReentrantExecution());
        require(grants.length != 0 || sections.length != 0, EmptyBundle());
        _executing = 1;
        for (uint256 i; i < grants.length; ++i) {
            _tryGrant(grants[i], i);
        }
        if (sections.length != 0) _executeSections(sections);
        _executing = 0;
    }

    function _tryGrant(Grant calldata grant, uint256 index) private {
        require(gasleft() > GRANT_GAS + GRANT_GAS / 32 + SETTLE_GAS, InsufficientGrantGas(index));
        uint256 free = Frame.get(0x40);
        try this.enableGrant{gas: GRANT_GAS}(grant, msg.sender) {}
        catch (bytes memory reason) {
            emit GrantRejected(grant.session.account, grant.session.policyId, reason);
        }
        // Nothing that was allocated for the grant is needed any more.
        Frame.set(0x40, free);
    }

    function _executeSections(bytes calldata sections) private {
        Frame.open(sections, _domainSeparatorV4());
        uint256 cursor = Frame.get(Frame.START);
        while (cursor < Frame.get(Frame.END)) {
            uint256 count;
            (cursor, count) = _openSection(cursor);
            for (; count != 0; --count) {
                cursor = _executeIntent(cursor);
            }
        }
        if (cursor != Frame.get(Frame.END)) _revertMalformed(Frame.get(Frame.END));
    }

    /// @return next Position of the first intent.
    /// @return intentCount Intents that follow.
    function _openSection(uint256 cursor) private view returns (uint256 next, uint256 intentCount) {
        unchecked {
            bytes32 policyId = bytes32(cursor.load());
            uint256 entryCount = (cursor + 32).load() >> 248;
            if (entryCount == 0 || entryCount > PermissionTable.MAX_ENTRIES) _revertMalformed(cursor + 32);
            next = Frame.openTable(policyId, entryCount, cursor + 33);
            intentCount = next.load() >> 240;
            next += 2;
            Policy storage policy = _policies[policyId];
            uint256 slot;
            assembly ("memory-safe") {
                slot := policy.slot
            }
            Frame.set(Frame.POLICY_SLOT, slot);
        }
    }

    /// @dev account 20 ‖ scheme 1 ‖ epoch 4 ‖ publicKey 64 or 20 ‖ lane 4 ‖ sequence 4 ‖ expiry 5 ‖ callGas 4 ‖ signature 64
    /// ‖ callCount 1 ‖ calls.
    /// @return next Position behind the intent.
    function _executeIntent(uint256 cursor) private returns (uint256 next) {
        unchecked {
            uint256 head = cursor.load();
            uint256 scheme = uint8(head >> 88);
            uint256 keySize = _keySize(scheme);
            if (keySize == 0) _revertMalformed(cursor + 20);
            bytes32 sessionId = Frame.hashIdentity(cursor, keySize);
            uint256 signature = cursor + keySize + 42;
            uint256 terms = (signature - 17).load();
            Frame.setIntent(head >> 96, sessionId, terms);

            Slot storage slot = _states[sessionId];
            SessionState state = slot.state;
            uint256 reason;
            if (!_isPlainlyFine(state, terms, _policy().pausedUntil)) {
                reason = uint32(_refusal(state, uint32(head >> 56)));
            }
            uint256 count = (signature + SIGNATURE_SIZE).load() >> 248;
            if (count - 1 >= MAX_CALLS) _revertMalformed(signature + SIGNATURE_SIZE);

            SessionState charged;
            uint256 payloadEnd;
            (next, payloadEnd, charged, reason) =
                _readCalls(state, signature + SIGNATURE_SIZE + 1, count, uint32(head >> 56), reason);
            if (reason == 0 && !_isSigned(Frame.digest(count), keySize, signature, payloadEnd)) {
                reason = uint32(InvalidKeySignature.selector);
            }
            // Lane and sequence, as both events start.
            uint256 detail = (terms >> 192) << 192;
            if (reason == 0) _settle(slot, state, charged, payloadEnd, detail);
            else emit IntentRejected(sessionId, detail | (reason << 160));
            Frame.set(Frame.INTENT_INDEX, Frame.get(Frame.INTENT_INDEX) + 1);
        }
    }

    /// @dev Whether the commonest intent, on lane 0 of a PlayerAccount, passes all that `_refusal` checks. A no decides
    /// nothing. Plain: `_refusal(state, epoch) == 0`, which takes 1 % of a move longer with a jump for each check.
    /// @param terms Starts with lane 32 | sequence 32 | expiry 40 | callGas 32.
    function _isPlainlyFine(SessionState state, uint256 terms, uint256 pausedUntil) private view returns (bool fine) {
        uint256 next = state.nextSequence();
        uint256 validUntil = state.validUntil();
        uint256 validAfter = state.validAfter();
        uint256 activeAndFast = SessionStateLib.STATUS_ACTIVE | SessionStateLib.FAST;
        assembly ("memory-safe") {
            let time := timestamp()
            let latestExpiry := add(time, MAX_INTENT_LIFETIME)
            let expiry := and(shr(152, terms), 0xffffffffff)
            let callGas := and(shr(120, terms), 0xffffffff)
            fine := and(eq(and(state, 7), activeAndFast), eq(shr(192, terms), next))
            fine := and(fine, and(lt(time, validUntil), iszero(lt(time, validAfter))))
            fine := and(fine, and(lt(time, expiry), iszero(gt(expiry, latestExpiry))))
            fine := and(fine, and(iszero(gt(callGas, MAX_CALL_GAS)), lt(next, 0xffffffff)))
            fine := and(fine, iszero(lt(time, pausedUntil)))
        }
    }

    /// @return Selector of the first error of the intent in the frame, apart from its calls; or zero.
    function _refusal(SessionState state, uint256 epoch) private view returns (bytes4) {
        unchecked {
            if (state.status() != SessionStateLib.STATUS_ACTIVE) {
                return state.status() == SessionStateLib.STATUS_NONE ? UnknownSession.selector : RevokedSession.selector;
            }
            if (block.timestamp >= state.validUntil()) return SessionExpired.selector;
            if (block.timestamp < state.validAfter()) return SessionNotStarted.selector;
            uint256 expiry = Frame.get(Frame.EXPIRY);
            if (block.timestamp >= expiry) return IntentExpired.selector;
            if (expiry > block.timestamp + MAX_INTENT_LIFETIME) return ExpiryTooFar.selector;
            if (Frame.get(Frame.CALL_GAS) > MAX_CALL_GAS) return CallGasTooHigh.selector;
            uint256 lane = Frame.get(Frame.LANE);
            uint256 next = lane == 0 ? state.nextSequence() : _laneSequences[_sessionId()][lane];
            uint256 sequence = Frame.get(Frame.SEQUENCE);
            if (sequence != next) return sequence < next ? SequenceUsed.selector : SequenceAhead.selector;
            // The very last number stays unused, so that none ever comes round again.
            if (next == type(uint32).max) return SequenceUsed.selector;
            if (block.timestamp < _policy().pausedUntil) return PolicyIsPaused.selector;
            // A PlayerAccount keeps its epoch itself and compares it when called.
            if (!state.fast() && _epochs[address(uint160(Frame.get(Frame.ACCOUNT)))] != epoch) {
                return EpochMismatch.selector;
            }
            return 0;
        }
    }

    /// @dev Reads the calls, checks and counts them, hashes them, and writes the call to the account.
    /// @param reason Of an earlier refusal; the calls are then only skipped.
    /// @return next Position behind the calls.
    /// @return payloadEnd End of the call to the account.
    /// @return charged The session's word with this intent's calls counted.
    /// @return Selector of the first error, or zero.
    function _readCalls(SessionState state, uint256 cursor, uint256 count, uint256 epoch, uint256 reason)
        private
        view
        returns (uint256 next, uint256 payloadEnd, SessionState charged, uint256)
    {
        unchecked {
            next = cursor;
            charged = state;
            Frame.set(Frame.VALUED, 0);
            payloadEnd = AccountCall.open(Frame.PAYLOAD, state.fast(), epoch, count);
            for (uint256 i; i < count; ++i) {
                uint256 head = next.load();
                uint256 index = head >> 248;
                if (index >= Frame.get(Frame.ENTRY_COUNT)) _revertMalformed(next);
                uint256 entry = Frame.entryAt(index);
                next += 3;
                uint256 value;
                if (entry & Frame.CARRIES_VALUE != 0) {
                    value = next.load() >> 128;
                    next += 16;
                }
                if (reason == 0) {
                    if (!_isPlainlyAllowed(entry, value, charged.uses(index))) {
                        reason = uint32(_refusalOfCall(index, entry, value, charged.uses(index)));
                    }
                    charged = charged.countCall(index);
                }
                bytes32 dataHash;
                uint256 argsSize = uint16(head >> 232);
                (payloadEnd, dataHash) =
                    AccountCall.append(Frame.PAYLOAD, payloadEnd, state.fast(), i, count, entry, value, next, argsSize);
                Frame.hashCall(i, uint160(entry >> 64), value, dataHash);
                next += argsSize;
            }
            if (next > Frame.get(Frame.END)) _revertMalformed(next);
            payloadEnd = AccountCall.close(Frame.PAYLOAD, payloadEnd, state.fast());
            return (next, payloadEnd, charged, reason);
        }
    }

    /// @dev Whether the commonest call, without value and not the first of its entry in this section, passes all that
    /// `_refusalOfCall` checks. A no decides nothing. Plain: `_refusalOfCall(…) == 0`.
    function _isPlainlyAllowed(uint256 entry, uint256 value, uint256 uses) private pure returns (bool allowed) {
        uint256 account = Frame.get(Frame.ACCOUNT);
        assembly ("memory-safe") {
            let to := and(shr(64, entry), 0xffffffffffffffffffffffffffffffffffffffff)
            allowed := and(shr(255, entry), lt(uses, and(entry, 0xffffffff)))
            allowed := and(allowed, and(iszero(value), iszero(eq(to, account))))
        }
    }

    /// @return Selector of the first error of the call, or zero.
    function _refusalOfCall(uint256 index, uint256 entry, uint256 value, uint256 uses) private view returns (bytes4) {
        if (entry & Frame.CALLABLE == 0) {
            address to = address(uint160(entry >> 64));
            if (_isForbiddenTarget(to)) return ForbiddenTarget.selector;
            if (to.code.length == 0) return TargetHasNoCode.selector;
            // Neither can change before the transaction ends, so once per section is enough.
            Frame.markCallable(index, entry);
        }
        if (uint160(entry >> 64) == Frame.get(Frame.ACCOUNT)) return ForbiddenTarget.selector;
        if (uses >= uint32(entry)) return CallLimitReached.selector;
        if (value != 0) return _refusalOfValue(index, value);
        return 0;
    }

    /// @dev Counts the value for the entry in the frame; it is written when the intent is settled.
    function _refusalOfValue(uint256 index, uint256 value) private view returns (bytes4) {
        unchecked {
            uint256 limits = Frame.limitsAt(index);
            if (value > limits >> 128) return ValuePerCallExceeded.selector;
            uint256 valued = Frame.get(Frame.VALUED);
            if (valued & (1 << index) == 0) {
                Frame.set(Frame.VALUED, valued | (1 << index));
                Frame.setAt(Frame.SPENT, index, _valueSpent[_sessionId()][index]);
                Frame.setAt(Frame.CHARGED, index, 0);
            }
            uint256 charged = Frame.getAt(Frame.CHARGED, index) + value;
            if (Frame.getAt(Frame.SPENT, index) + charged > uint128(limits)) return ValueLimitReached.selector;
            Frame.setAt(Frame.CHARGED, index, charged);
            return 0;
        }
    }

    /// @param signature Position of `r ‖ s`; 17 bytes before it ends the key, to which the session id commits.
    function _isSigned(bytes32 digest, uint256 keySize, uint256 signature, uint256 payloadEnd)
        private
        view
        returns (bool valid)
    {
        unchecked {
            uint256 publicKey = signature - 17 - keySize;
            if (keySize == 64) {
                valid = KeySignature.isAcceptedByPrecompile(Frame.VERIFICATION, digest, signature, publicKey);
            }
            if (!valid) valid = _isSignedSlowly(digest, keySize, signature, publicKey, payloadEnd);
        }
    }

    function _isSignedSlowly(bytes32 digest, uint256 keySize, uint256 signature, uint256 publicKey, uint256 payloadEnd)
        private
        view
        returns (bool valid)
    {
        unchecked {
            Frame.protectPayload(payloadEnd);
            bytes32 r = bytes32(signature.load());
            bytes32 s = bytes32((signature + 32).load());
            valid = keySize == 64
                ? KeySignature.isValidP256(digest, r, s, bytes32(publicKey.load()), bytes32((publicKey + 32).load()))
                : KeySignature.isValidSecp256k1(digest, r, s, address(uint160(publicKey.load() >> 96)));
            Frame.releasePayload();
        }
    }

    function _settle(Slot storage slot, SessionState state, SessionState charged, uint256 payloadEnd, uint256 detail)
        private
    {
        unchecked {
            uint256 word = SessionState.unwrap(charged);
            if (detail >> 224 == 0) word += 1 << SessionStateLib.SEQUENCE_SHIFT;
            else _laneSequences[_sessionId()][Frame.get(Frame.LANE)] = Frame.get(Frame.SEQUENCE) + 1;
            slot.state = SessionState.wrap(word);
            if (Frame.get(Frame.VALUED) != 0) _writeValues(true);

            (bool success, uint256 revertSelector) = _call(state.fast(), payloadEnd);
            uint256 outcome = detail | (1 << 184);
            if (!success) {
                word = (word & ~COUNTERS) | (SessionState.unwrap(state) & COUNTERS);
                slot.state = SessionState.wrap(word);
                if (Frame.get(Frame.VALUED) != 0) _writeValues(false);
                outcome = detail | (revertSelector << 152);
            }
            emit IntentExecuted(_sessionId(), outcome | (word >> SessionStateLib.COUNTERS_SHIFT));
        }
    }

    /// @dev No return data is copied but the selector of a failure. An account of others must have code: a call to
    /// nothing succeeds.
    function _call(bool fast, uint256 payloadEnd) private returns (bool success, uint256 revertSelector) {
        unchecked {
            uint256 account = Frame.get(Frame.ACCOUNT);
            uint256 callGas = Frame.get(Frame.CALL_GAS);
            uint256 payload = Frame.PAYLOAD;
            if (gasleft() <= callGas + callGas / 32 + SETTLE_GAS) {
                revert InsufficientGas(Frame.get(Frame.INTENT_INDEX));
            }
            if (fast || address(uint160(account)).code.length != 0) {
                assembly ("memory-safe") {
                    success := call(callGas, account, 0, payload, sub(payloadEnd, payload), 0, 0)
                    if iszero(success) {
                        if gt(returndatasize(), 3) {
                            returndatacopy(0, 0, 4)
                            revertSelector := shr(224, mload(0))
                        }
                    }
                }
            } else {
                revertSelector = uint32(AccountNotDeployed.selector);
            }
        }
    }

    function _writeValues(bool charge) private {
        unchecked {
            uint256 valued = Frame.get(Frame.VALUED);
            for (uint256 i; i < PermissionTable.MAX_ENTRIES; ++i) {
                if (valued & (1 << i) == 0) continue;
                _valueSpent[_sessionId()][i] =
                    Frame.getAt(Frame.SPENT, i) + (charge ? Frame.getAt(Frame.CHARGED, i) : 0);
            }
        }
    }

    function _sessionId() private pure returns (bytes32) {
        return bytes32(Frame.get(Frame.SESSION_ID));
    }

    /// @return size Bytes of a public key; 0 for a scheme that does not exist. Without jumps, as each intent asks.
    function _keySize(uint256 scheme) private pure returns (uint256 size) {
        assembly ("memory-safe") {
            size := add(mul(eq(scheme, SCHEME_P256), 64), mul(eq(scheme, SCHEME_SECP256K1), 20))
        }
    }

    function _policy() private pure returns (Policy storage policy) {
        uint256 slot = Frame.get(Frame.POLICY_SLOT);
        assembly ("memory-safe") {
            policy.slot := slot
        }
    }

    function _revertMalformed(uint256 cursor) private pure {
        revert MalformedBundle(cursor - Frame.get(Frame.START));
    }
}
