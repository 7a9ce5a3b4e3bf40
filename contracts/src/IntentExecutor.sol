// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IntentSettlement} from "./IntentSettlement.sol";
import {AccountCall} from "./types/AccountCall.sol";
import {Calldata} from "./types/Calldata.sol";
import {EntryLimits} from "./types/EntryLimits.sol";
import {Frame} from "./types/Frame.sol";
import {GrantLib} from "./types/Grant.sol";
import {MAX_CALLS, MAX_CALL_GAS, MAX_INTENT_LIFETIME} from "./types/Intent.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";

/// @title IntentExecutor
/// @notice Part of SessionManager: how bundles are parsed, and their intents checked.
/// @dev Every byte of a bundle is bound by a hash: what identifies the session by its id, the table by the id too, and
/// the rest by the session key's signature, or the owner's. So a relayer who changes a byte names another session or
/// breaks the signature. The exceptions change nothing: in which section an item stands, and where.
///
/// Bytes are read without asking whether the bundle has ended, as call data is zero beyond its end; a bundle that did not
/// end where it should reverts as a whole when all is done.
///
/// Order, for each intent: all checks, which write nothing; then IntentSettlement.
abstract contract IntentExecutor is IntentSettlement {
    using Calldata for uint256;

    uint256 private constant SIGNATURE_SIZE = 64;
    uint256 private constant CARRIES_GRANT = 0x80;
    uint256 private constant HAS_NO_INTENT = 0x40;
    uint256 private constant SCHEME = 0x3f;

    /// @dev 1 within `execute`.
    uint256 private transient _executing;

    function execute(bytes calldata sections) external {
        require(_executing == 0, ReentrantExecution());
        require(sections.length != 0, EmptyBundle());
        _executing = 1;
        uint256 stateSlot;
        assembly ("memory-safe") {
            stateSlot := _states.slot
        }
        Frame.open(sections, _domainSeparatorV4(), stateSlot);
        uint256 cursor = Frame.get(Frame.START);
        while (cursor < Frame.get(Frame.END)) {
            uint256 count;
            (cursor, count) = _openSection(cursor);
            for (; count != 0; --count) {
                cursor = _executeItem(cursor);
            }
        }
        if (cursor != Frame.get(Frame.END)) _revertMalformed(Frame.get(Frame.END));
        _executing = 0;
    }

    /// @return next Position of the first item.
    /// @return itemCount Items that follow.
    function _openSection(uint256 cursor) private view returns (uint256 next, uint256 itemCount) {
        unchecked {
            uint256 policyId = cursor.load();
            uint256 entryCount = (cursor + 32).loadNumber(1) & 0xf;
            if (entryCount == 0 || entryCount > 8) _revertMalformed(cursor + 32);
            next = Frame.openTable(policyId, cursor + 32);
            itemCount = next.loadNumber(2);
            next += 2;
            Policy storage policy = _policies[bytes32(policyId)];
            uint256 slot;
            assembly ("memory-safe") {
                slot := policy.slot
            }
            Frame.set(Frame.POLICY_SLOT, slot);
        }
    }

    /// @dev account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey 64 or 20 ‖ [grant] ‖ [intent].
    /// @return Position behind the item.
    function _executeItem(uint256 item) private returns (uint256) {
        unchecked {
            uint256 head = item.load();
            uint256 kind = uint8(head >> 88);
            uint256 keySize = GrantLib.keySize(kind & SCHEME);
            if (keySize == 0) _revertMalformed(item + 20);
            bytes32 sessionId = Frame.identify(item, kind & SCHEME, keySize);
            uint256 cursor = item + Frame.IDENTITY_HEAD_SIZE + keySize;
            if (kind > SCHEME) {
                if (kind & CARRIES_GRANT == 0) _revertMalformed(item + 20);
                cursor = _tryGrant(item, kind & SCHEME, keySize, sessionId);
                if (kind & HAS_NO_INTENT != 0) return cursor;
            }
            return _executeIntent(item, keySize, sessionId, cursor);
        }
    }

    /// @dev lane 4 ‖ sequence 4 ‖ expiry 5 ‖ callGas 4 ‖ signature 64 ‖ callCount 1 ‖ calls.
    /// @param item Position of account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey.
    /// @return next Position behind the intent.
    function _executeIntent(uint256 item, uint256 keySize, bytes32 sessionId, uint256 cursor)
        private
        returns (uint256 next)
    {
        unchecked {
            uint256 head = item.load();
            uint256 terms = cursor.load();
            uint256 slot = Frame.locate(sessionId);
            SessionState state;
            assembly ("memory-safe") {
                state := sload(slot)
            }
            Frame.setIntent(head >> 96, sessionId, terms);
            uint256 reason;
            if (!_isPlainlyFine(state, terms, _policy().pausedUntil)) {
                reason = uint32(_refusal(state, uint32(head >> 56)));
            }
            uint256 count = (cursor + 17 + SIGNATURE_SIZE).load() >> 248;
            if (count - 1 >= MAX_CALLS) _revertMalformed(cursor + 17 + SIGNATURE_SIZE);

            SessionState charged;
            uint256 payloadEnd;
            (next, payloadEnd, charged, reason) =
                _readCalls(state, cursor + 18 + SIGNATURE_SIZE, count, uint32(head >> 56), reason);
            if (reason == 0) {
                uint256 key = item + Frame.IDENTITY_HEAD_SIZE;
                if (_isSigned(Frame.digest(count), keySize, cursor + 17, key, payloadEnd)) {
                    _settle(slot, state, charged, payloadEnd, item, terms);
                    return next;
                }
                reason = uint32(InvalidKeySignature.selector);
            }
            // Lane and sequence, as both events start.
            emit IntentRejected(sessionId, ((terms >> 192) << 192) | (reason << 160));
        }
    }

    /// @dev Whether the commonest intent, on lane 0 of a PlayerAccount, passes all that `_refusal` checks. A no decides
    /// nothing. Plain: `_refusal(state, epoch) == 0`, which takes 1 % of a move longer with a jump for each check.
    /// @param terms Starts with lane 32 | sequence 32 | expiry 40 | callGas 32.
    function _isPlainlyFine(SessionState state, uint256 terms, uint256 pausedUntil) private view returns (bool fine) {
        uint256 next = state.nextSequence();
        uint256 activeAndFast = SessionStateLib.STATUS_ACTIVE | SessionStateLib.FAST;
        assembly ("memory-safe") {
            let time := timestamp()
            // Numbers below zero are very large ones, so that one comparison checks both ends.
            let sinceStart := sub(time, and(shr(8, state), 0xffffffffff))
            let untilExpiry := sub(and(shr(152, terms), 0xffffffffff), add(time, 1))
            fine := lt(sinceStart, and(shr(48, state), 0xffffff))
            fine := and(fine, lt(untilExpiry, MAX_INTENT_LIFETIME))
            fine := and(fine, eq(and(state, 7), activeAndFast))
            fine := and(fine, eq(shr(192, terms), next))
            fine := and(fine, lt(next, 0xffffffff))
            fine := and(fine, lt(and(shr(120, terms), 0xffffffff), add(MAX_CALL_GAS, 1)))
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
            uint256 next =
                lane == 0 ? state.nextSequence() : _laneSequences[bytes32(Frame.get(Frame.SESSION_ID))][lane];
            uint256 sequence = Frame.get(Frame.SEQUENCE);
            if (sequence != next) return sequence < next ? SequenceUsed.selector : SequenceAhead.selector;
            // The very last number stays unused, so that none ever comes round again.
            if (next == type(uint32).max) return SequenceUsed.selector;
            if (block.timestamp < _policy().pausedUntil) return PolicyIsPaused.selector;
            // A PlayerAccount keeps its epoch itself and compares it when called. Of others, a session that was granted
            // after its start, and started after the last change of any epoch, has the epoch it was granted with.
            if (state.fast() || (!state.early() && state.validAfter() > _lastBump)) return 0;
            return _epochs[address(uint160(Frame.get(Frame.ACCOUNT)))] == epoch ? bytes4(0) : EpochMismatch.selector;
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
            payloadEnd = AccountCall.open(Frame.PAYLOAD, state.fast(), epoch, count);
            for (uint256 i; i < count; ++i) {
                uint256 head = next.load();
                uint256 index = head >> 248;
                if (index >= Frame.get(Frame.ENTRY_COUNT)) _revertMalformed(next);
                uint256 entry = Frame.getAt(Frame.ENTRIES, index);
                uint256 argsSize = uint16(head >> 232);
                next += 3;
                uint256 value;
                if (Frame.hasRoom(entry, SessionState.unwrap(charged))) {
                    charged = Frame.countCall(entry, charged);
                } else {
                    (value, next, charged, reason) = _readCall(index, charged, next, argsSize, reason);
                }
                uint256 data;
                (data, payloadEnd) = AccountCall.appendHead(
                    Frame.PAYLOAD, payloadEnd, state.fast(), i, count, entry, value, argsSize + 4
                );
                Frame.hashCall(i, entry, value, data, next, argsSize);
                next += argsSize;
            }
            payloadEnd = AccountCall.close(Frame.PAYLOAD, payloadEnd, state.fast());
            return (next, payloadEnd, charged, reason);
        }
    }

    /// @dev A call that needs a closer look.
    /// @param cursor Position of [value 16] ‖ args.
    function _readCall(uint256 index, SessionState state, uint256 cursor, uint256 argsSize, uint256 reason)
        private
        view
        returns (uint256 value, uint256 args, SessionState charged, uint256)
    {
        unchecked {
            (, uint256 flags,) = Frame.detailAt(index);
            args = cursor;
            charged = state;
            if (flags & EntryLimits.VALUE != 0) {
                value = cursor.loadNumber(16);
                args += 16;
            }
            if (reason == 0) (charged, reason) = _checkCall(state, index, value, args, argsSize);
            return (value, args, charged, reason);
        }
    }

    /// @param signature Position of `r ‖ s`.
    /// @param publicKey Position of the key, to which the session id commits.
    function _isSigned(bytes32 digest, uint256 keySize, uint256 signature, uint256 publicKey, uint256 payloadEnd)
        private
        view
        returns (bool valid)
    {
        if (keySize == 64) {
            valid = KeySignature.isAcceptedByPrecompile(Frame.VERIFICATION, digest, signature, publicKey);
        }
        if (!valid) valid = _isSignedSlowly(digest, keySize, signature, publicKey, payloadEnd);
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
