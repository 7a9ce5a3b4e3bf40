// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IntentSettlement} from "./IntentSettlement.sol";
import {ArgumentsLib} from "./types/Arguments.sol";
import {Calldata} from "./types/Calldata.sol";
import {EntryLimits} from "./types/EntryLimits.sol";
import {Frame} from "./types/Frame.sol";
import {GrantLib} from "./types/Grant.sol";
import {MAX_CALL_GAS, MAX_INTENT_LIFETIME} from "./types/Intent.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {SCHEME_P256} from "./types/Session.sol";
import {Needs} from "./types/Needs.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";

/// @title IntentExecutor
/// @notice Part of SessionManager: how bundles are parsed, and their intents checked.
/// @dev Every byte of a bundle is bound by a hash: what identifies the session by its id, the table by the id too, and
/// the rest by the session key's signature, or the owner's. So a relayer who changes a byte names another session or
/// breaks the signature. The exceptions change nothing: in which section an item stands, and where; what is left out though
/// it could be given; bits and bytes that nobody reads. So the bytes of an item do not identify it, its signature does.
///
/// Bytes are read without asking whether the bundle has ended, as call data is zero beyond its end; a bundle that did not
/// end where it should reverts as a whole when all is done.
///
/// Order, for each intent: all checks, which write nothing; then IntentSettlement.
abstract contract IntentExecutor is IntentSettlement {
    using Calldata for uint256;

    // Bits of an item's kind.
    uint256 private constant SCHEME = 0x03;
    uint256 private constant REPEATS_TERMS = 0x04;
    uint256 private constant UNUSED = 0x18;
    uint256 private constant HAS_LANE = 0x20;
    uint256 private constant HAS_NO_INTENT = 0x40;
    uint256 private constant CARRIES_GRANT = 0x80;

    /// @dev 1 within `execute`.
    uint256 private transient _executing;

    function execute(bytes calldata sections) external {
        require(_executing == 0, ReentrantExecution());
        require(sections.length != 0, EmptyBundle());
        _executing = 1;
        Frame.open(sections);
        Frame.setDomain(_domainSeparatorV4());
        uint256 cursor = Frame.get(Frame.START);
        do {
            uint256 count;
            (cursor, count) = _openSection(cursor);
            while (true) {
                cursor = _executeItem(cursor);
                unchecked {
                    if (--count == 0) break;
                }
            }
        } while (cursor < Frame.get(Frame.END));
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
            if (itemCount == 0) _revertMalformed(next);
            next += 2;
            bool paused = policyId != 0 && block.timestamp < _policies[bytes32(policyId)].pausedUntil;
            Frame.set(Frame.PAUSED, paused ? 1 : 0);
        }
    }

    /// @dev account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey 64 or 20 ‖ [grant] ‖ [[lane 4] ‖ sequence 4 ‖ furtherCalls 1 ‖
    /// [expiry 5 ‖ callGas 4] ‖ signature 64 ‖ calls].
    /// @return next Position behind the item.
    function _executeItem(uint256 item) private returns (uint256 next) {
        unchecked {
            uint256 kind = uint8(item.load() >> 88);
            uint256 keySize = GrantLib.keySize(kind & SCHEME);
            bytes32 sessionId = Frame.identify(item, kind & SCHEME, keySize);
            next = item + Frame.IDENTITY_HEAD_SIZE + keySize;
            Frame.set(Frame.LANE, 0);
            if (kind > SCHEME + REPEATS_TERMS) {
                bool isEmpty = kind & (CARRIES_GRANT + HAS_NO_INTENT) == HAS_NO_INTENT;
                if (keySize == 0 || isEmpty || kind & UNUSED != 0) _revertMalformed(item + 20);
                if (kind & CARRIES_GRANT != 0) next = _tryGrant(item, kind & SCHEME, keySize, sessionId);
                if (kind & HAS_NO_INTENT != 0) return next;
                if (kind & HAS_LANE != 0) {
                    Frame.set(Frame.LANE, next.loadNumber(4));
                    next += 4;
                }
            }
            SessionState charged = _stateOf(sessionId).state;
            bool fine;
            uint256 hashesEnd;
            (fine, next, hashesEnd) = Frame.openIntent(item, sessionId, charged, next, kind & REPEATS_TERMS);
            if (!fine) {
                // No session has such a key, so this is early enough.
                if (keySize == 0) _revertMalformed(item + 20);
                if (!charged.fast() || Frame.get(Frame.LANE) != 0) Needs.markOdd();
                Frame.set(Frame.REFUSAL, uint32(_refusal(charged)));
            }
            uint256 hash = Frame.CALL_HASHES;
            uint256 payloadEnd = Frame.PAYLOAD_CALLS;
            while (true) {
                uint256 head = next.load();
                uint256 entry = Frame.entryOf(head);
                next += 3;
                uint256 value;
                if (Frame.hasRoom(entry, charged)) {
                    charged = Frame.countCall(entry, charged);
                } else if (Frame.isInRange(entry, head, next, charged)) {
                    charged = Frame.countCall(entry, charged);
                } else if (!Frame.isCallable(head >> 248 & 7) && _becomesCallable(head >> 248 & 7, next)) {
                    // Once more, as less has to be looked at now.
                    next -= 3;
                    continue;
                } else {
                    (value, next, charged) = _readCall(head, charged, next);
                }
                (next, payloadEnd) = Frame.appendCall(head, entry, value, next, payloadEnd, hash);
                hash += 32;
                if (hash == hashesEnd) break;
            }

            if (Frame.get(Frame.REFUSAL) == 0) {
                bytes32 digest = Frame.digest(hashesEnd);
                if (_isSignedPlainly(digest) || _isSigned(digest, payloadEnd)) {
                    _settle(charged, payloadEnd, hashesEnd);
                    return next;
                }
                Frame.set(Frame.REFUSAL, uint32(InvalidKeySignature.selector));
            }
            uint256 detail = (Frame.get(Frame.LANE) << 224) | (Frame.get(Frame.SEQUENCE) << 192);
            emit IntentRejected(bytes32(Frame.get(Frame.SESSION_ID)), detail | (Frame.get(Frame.REFUSAL) << 160));
        }
    }

    /// @return Selector of the first error of the intent in the frame, apart from its calls; or zero.
    function _refusal(SessionState state) private view returns (bytes4) {
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
            uint256 next = lane == 0 ? state.nextSequence() : _laneSequences[bytes32(Frame.get(Frame.SESSION_ID))][lane];
            uint256 sequence = Frame.get(Frame.SEQUENCE);
            if (sequence != next) return sequence < next ? SequenceUsed.selector : SequenceAhead.selector;
            // The very last number stays unused, so that none ever comes round again.
            if (next == type(uint32).max) return SequenceUsed.selector;
            if (Frame.get(Frame.PAUSED) != 0) return PolicyIsPaused.selector;
            // A PlayerAccount keeps its epoch itself and compares it when called. Of others, a session that was granted
            // after its start, and started after the last change of any epoch, has the epoch it was granted with.
            if (state.fast() || (!state.early() && state.validAfter() > _lastBump)) return 0;
            uint256 epoch = uint32(Frame.get(Frame.ITEM).load() >> 56);
            return _epochs[address(uint160(Frame.get(Frame.ACCOUNT)))] == epoch ? bytes4(0) : EpochMismatch.selector;
        }
    }

    /// @dev Whether the contract of an entry is now, for the first time, known to have code.
    /// @param cursor Behind the head of the call.
    function _becomesCallable(uint256 index, uint256 cursor) private view returns (bool) {
        if (index >= Frame.get(Frame.ENTRY_COUNT)) _revertMalformed(cursor - 3);
        if (Frame.targetAt(index).code.length == 0) return false;
        Frame.markCallable(index);
        return true;
    }

    /// @dev A call that needs a closer look. What is wrong with it goes to the frame.
    /// @param head Starts with leading zeros 5 | entry 3 | argsLength 16.
    /// @param cursor Position of [value 16] ‖ args.
    /// @return value Of the call.
    /// @return args Position of the arguments.
    function _readCall(uint256 head, SessionState state, uint256 cursor)
        private
        view
        returns (uint256 value, uint256 args, SessionState charged)
    {
        unchecked {
            uint256 index = head >> 248 & 7;
            (, uint256 flags,) = Frame.detailAt(index);
            args = cursor;
            charged = state;
            if (flags & EntryLimits.VALUE != 0) {
                value = cursor.loadNumber(16);
                args += 16;
            }
            // Of a session that is refused already, the table can be anything.
            if (Frame.get(Frame.REFUSAL) == 0) {
                if (!Frame.isCallable(index)) _refuse(TargetHasNoCode.selector);
                charged = _chargeCall(state, index, value, ArgumentsLib.wrap(args, head));
            }
            return (value, args, charged);
        }
    }

    /// @dev Whether it is a P-256 signature that the precompile accepts. A no decides nothing.
    function _isSignedPlainly(bytes32 digest) private view returns (bool) {
        return Frame.hasScheme(SCHEME_P256)
            && KeySignature.isAcceptedByPrecompile(
            Frame.VERIFICATION, digest, Frame.get(Frame.SIGNATURE), Frame.IDENTITY_KEY
        );
    }

    function _isSigned(bytes32 digest, uint256 payloadEnd) private view returns (bool valid) {
        unchecked {
            Frame.protectPayload(payloadEnd);
            bytes32 r = bytes32(Frame.get(Frame.SIGNATURE).load());
            bytes32 s = bytes32((Frame.get(Frame.SIGNATURE) + 32).load());
            uint256 x = Frame.get(Frame.IDENTITY_KEY);
            if (Frame.hasScheme(SCHEME_P256)) {
                valid = KeySignature.isValidP256(digest, r, s, bytes32(x), bytes32(Frame.get(Frame.IDENTITY_KEY + 32)));
            } else {
                valid = KeySignature.isValidSecp256k1(digest, r, s, address(uint160(x >> 96)));
            }
            Frame.releasePayload();
        }
    }

    function _revertMalformed(uint256 cursor) private pure {
        revert MalformedBundle(cursor - Frame.get(Frame.START));
    }
}
