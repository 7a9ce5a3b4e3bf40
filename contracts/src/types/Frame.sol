// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountCall} from "./AccountCall.sol";
import {Calldata} from "./Calldata.sol";
import {EntryLimits} from "./EntryLimits.sol";
import {MAX_CALL_GAS, MAX_INTENT_LIFETIME} from "./Intent.sol";
import {Needs} from "./Needs.sol";
import {SessionState, SessionStateLib} from "./SessionState.sol";
import {TypedData} from "./TypedData.sol";

/// @notice Working memory of one bundle, at a fixed address. What stays the same is written once, the rest is overwritten
/// by each intent, so memory does not grow with the bundle. Runs of words are laid out as the preimages that get hashed.
/// @dev The only place that gives out memory by number. Not a struct: its pointers and zeroing would be 6 % of a move.
library Frame {
    /// @dev Where the frame starts: above all that Solidity has allocated when a bundle is opened, which `open` asserts.
    uint256 private constant FRAME = 0x180;

    // Session id: policyId 32 ‖ tableHash 32 ‖ account 20 ‖ scheme 1 ‖ epoch 4 ‖ publicKey 64 or 20; five words.
    uint256 private constant IDENTITY = 0x180;
    uint256 internal constant POLICY_ID = 0x180;
    uint256 internal constant TABLE_HASH = 0x1a0;
    uint256 private constant IDENTITY_ITEM = 0x1c0;
    uint256 private constant IDENTITY_SCHEME = 0x1d4;
    /// @dev The word that ends with the scheme.
    uint256 private constant IDENTITY_UP_TO_SCHEME = 0x1b5;
    uint256 internal constant IDENTITY_KEY = 0x1d9;
    /// @dev Bytes before the item, and bytes of the item before the key.
    uint256 private constant IDENTITY_SECTION_SIZE = 64;
    uint256 internal constant IDENTITY_HEAD_SIZE = 25;
    // EIP-712 digest: 0x1901 at the end of a word ‖ domain ‖ struct hash.
    uint256 private constant PREFIX = 0x220;
    uint256 private constant DIGEST = 0x23e;
    uint256 private constant DIGEST_SIZE = 66;
    uint256 private constant DOMAIN = 0x240;
    uint256 private constant INTENT_HASH = 0x260;
    // Struct hash of the intent.
    uint256 private constant INTENT = 0x280;
    uint256 private constant INTENT_SIZE = 0x100;
    uint256 internal constant ACCOUNT = 0x2a0;
    uint256 internal constant SESSION_ID = 0x2c0;
    uint256 internal constant LANE = 0x2e0;
    uint256 internal constant SEQUENCE = 0x300;
    uint256 private constant CALLS_HASH = 0x320;
    uint256 internal constant EXPIRY = 0x340;
    uint256 internal constant CALL_GAS = 0x360;
    // Struct hash of one call.
    uint256 private constant CALL = 0x380;
    uint256 private constant CALL_SIZE = 0x80;
    uint256 private constant CALL_TO = 0x3a0;
    uint256 private constant CALL_VALUE = 0x3c0;
    uint256 private constant CALL_DATA_HASH = 0x3e0;
    // Of the bundle: where its bytes start and end in call data.
    uint256 internal constant START = 0x400;
    uint256 internal constant END = 0x420;
    // Of the section.
    /// @dev Whether the policy is paused.
    uint256 internal constant PAUSED = 0x440;
    uint256 internal constant ENTRY_COUNT = 0x460;
    /// @dev Where the rows of the spend limits start, in call data; and their number, where NEEDS has it.
    uint256 internal constant SPENDS = 0x480;
    uint256 private constant SPEND_MARK = 0x4a0;
    /// @dev Of the intent: what it needs besides its counters and a plain call; see Needs.
    uint256 internal constant NEEDS = 0x4c0;
    /// @dev Of the intent: the session's word before it.
    uint256 internal constant STATE = 0x4e0;
    /// @dev Of the intent: why it is refused, a selector; or zero.
    uint256 internal constant REFUSAL = 0x500;
    /// @dev Of the intent: where its item starts, and where its signature.
    uint256 internal constant ITEM = 0x520;
    uint256 internal constant SIGNATURE = 0x540;
    /// @dev Of the intent, and the next ones with the same expiry and gas: whether both are within their bounds.
    uint256 private constant TERMS_FINE = 0x560;
    // Runs of eight: entries, what else there is to say of them, meters before the intent and after it.
    uint256 internal constant ENTRIES = 0x580;
    uint256 private constant DETAILS = 0x680;
    uint256 internal constant METERS_BEFORE = 0x780;
    uint256 internal constant METERS_AFTER = 0x880;
    /// @dev Eight approvals: number of the spend limit 96 | spender 160, then the amount.
    uint256 internal constant APPROVALS = 0x980;
    uint256 internal constant CALL_HASHES = 0xb80;
    /// @dev Message hash ‖ r ‖ s ‖ x ‖ y, as P256VERIFY takes it.
    uint256 internal constant VERIFICATION = 0xf80;
    /// @dev The call to the account, after room for a longer head. Its size is not known before, so it comes last.
    uint256 internal constant PAYLOAD = 0x10a0;
    uint256 private constant PAYLOAD_EPOCH = 0x10a4;
    /// @dev Where its first call goes.
    uint256 internal constant PAYLOAD_CALLS = 0x10a8;
    /// @dev Memory that is free while there is no payload, behind the payload's first word.
    uint256 private constant FREE = 0x10c0;

    // An entry: to 160 | selector 32 | zero 24 | shift of its first cell 8 | calls that need no closer look 32.
    uint256 private constant ENTRY_SHIFT = 32;
    uint256 private constant ENTRY_SHIFT_BYTE = 27;
    // Its detail: position of its further limits in call data 128 | its contract has code 8 | zero 24 | maxCalls 32 |
    // zero 24 | flags 8 | calls that need no closer look than `isInRange` 32.
    uint256 private constant DETAIL_POSITION = 128;
    uint256 private constant DETAIL_CALLABLE = 1 << 120;
    uint256 private constant DETAIL_MAX_CALLS = 64;
    uint256 private constant DETAIL_FLAGS = 32;

    /// @dev Allocates the frame: everything from the free memory up to the payload. Nothing allocated before is touched.
    function open(bytes calldata sections) internal pure {
        bytes32 intentTypeHash = TypedData.INTENT_TYPEHASH;
        bytes32 callTypeHash = TypedData.CALL_TYPEHASH;
        uint256 free = get(0x40);
        assert(free <= FRAME);
        assembly ("memory-safe") {
            mstore(0x40, FREE)
            mstore(PREFIX, 0x1901)
            mstore(INTENT, intentTypeHash)
            mstore(CALL, callTypeHash)
            mstore(START, sections.offset)
            mstore(END, add(sections.offset, sections.length))
        }
        AccountCall.open(PAYLOAD);
    }

    /// @dev On a chain that has split off, computing the separator takes memory, which is given back here.
    function setDomain(bytes32 separator) internal pure {
        set(DOMAIN, uint256(separator));
        set(0x40, FREE);
    }

    function get(uint256 word) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(word)
        }
    }

    function set(uint256 word, uint256 value) internal pure {
        assembly ("memory-safe") {
            mstore(word, value)
        }
    }

    /// @dev Element of one of the runs of eight.
    function getAt(uint256 run, uint256 index) internal pure returns (uint256) {
        unchecked {
            return get(run + 32 * index);
        }
    }

    function setAt(uint256 run, uint256 index, uint256 value) internal pure {
        unchecked {
            set(run + 32 * index, value);
        }
    }

    // ── The section ───────────────────────────────────────────────────────────

    /// @dev Unpacks the table at `cursor`. The entries are not checked: only the table that an active session commits to
    /// leads to an active session.
    /// @return next Position behind the table.
    function openTable(uint256 policy, uint256 cursor) internal pure returns (uint256 next) {
        unchecked {
            uint256 counts = Calldata.loadNumber(cursor, 1);
            uint256 count = counts & 0xf;
            next = cursor + 1;
            for (uint256 i; i < count; ++i) {
                next = _openEntry(i, next);
            }
            set(ENTRY_COUNT, count);
            set(SPEND_MARK, counts >> 4 << Needs.SPEND_SHIFT);
            set(SPENDS, next);
            next += EntryLimits.SPEND_SIZE * (counts >> 4);
            // No call gets through an entry that is zero, and whose contract is not known to have code.
            assembly ("memory-safe") {
                let size := shl(5, sub(8, count))
                calldatacopy(sub(DETAILS, size), calldatasize(), size)
                calldatacopy(sub(METERS_BEFORE, size), calldatasize(), size)
            }
        }
        assembly ("memory-safe") {
            let table := mload(0x40)
            let size := sub(next, cursor)
            calldatacopy(table, cursor, size)
            mstore(POLICY_ID, policy)
            mstore(TABLE_HASH, keccak256(table, size))
        }
    }

    function _openEntry(uint256 index, uint256 cursor) private pure returns (uint256 next) {
        unchecked {
            uint256 head = Calldata.load(cursor);
            uint256 flags = head >> 248;
            uint256 shift = SessionStateLib.CELLS_SHIFT + SessionStateLib.CELL_BITS * (flags >> EntryLimits.CELL_SHIFT);
            next = cursor + EntryLimits.ENTRY_SIZE;
            setAt(ENTRIES, index, ((head << 8) >> 64 << 64) | (shift << ENTRY_SHIFT));
            uint256 maxCalls = uint32(head >> 24);
            setAt(DETAILS, index, (next << DETAIL_POSITION) | (flags << DETAIL_FLAGS) | (maxCalls << DETAIL_MAX_CALLS));
            next += EntryLimits.sizeOf(flags, next);
        }
    }

    function targetAt(uint256 index) internal pure returns (address) {
        return address(uint160(getAt(ENTRIES, index) >> 96));
    }

    /// @return position Of the further limits of the entry, in call data.
    /// @return flags See EntryLimits.
    /// @return maxCalls Over the whole session.
    function detailAt(uint256 index) internal pure returns (uint256 position, uint256 flags, uint256 maxCalls) {
        uint256 detail = getAt(DETAILS, index);
        return (detail >> DETAIL_POSITION, uint8(detail >> DETAIL_FLAGS), uint32(detail >> DETAIL_MAX_CALLS));
    }

    /// @dev Whether the contract of the entry is known to have code.
    function isCallable(uint256 index) internal pure returns (bool) {
        return getAt(DETAILS, index) & DETAIL_CALLABLE != 0;
    }

    /// @dev Remembers that the contract of the entry has code, as it cannot vanish before the transaction ends. If the
    /// entry has no limit but the number of calls, they then need no closer look below that number.
    function markCallable(uint256 index) internal pure {
        unchecked {
            (, uint256 flags, uint256 maxCalls) = detailAt(index);
            uint256 detail = getAt(DETAILS, index) | DETAIL_CALLABLE;
            if (EntryLimits.isOneRange(flags, detail >> DETAIL_POSITION)) detail |= maxCalls;
            setAt(DETAILS, index, detail);
            if (flags & EntryLimits.LIMITS == 0) setAt(ENTRIES, index, getAt(ENTRIES, index) | maxCalls);
        }
    }

    // ── The intent ────────────────────────────────────────────────────────────

    /// @dev Session id of the item.
    function identify(uint256 item, uint256 scheme, uint256 keySize) internal pure returns (bytes32 sessionId) {
        assembly ("memory-safe") {
            let size := add(keySize, IDENTITY_HEAD_SIZE)
            calldatacopy(IDENTITY_ITEM, item, size)
            mstore8(IDENTITY_SCHEME, scheme)
            sessionId := keccak256(IDENTITY, add(size, IDENTITY_SECTION_SIZE))
        }
    }

    /// @dev Writes down what the intent says, apart from its lane, and looks whether it is on lane 0 of a PlayerAccount and
    /// passes all checks but those of its calls. A no decides nothing. Plain: a jump for each check, 1 % of a move dearer.
    /// @param item account 20 ‖ kind 1 ‖ epoch 4.
    /// @param cursor sequence 4 ‖ furtherCalls 1 ‖ [expiry 5 ‖ callGas 4] ‖ signature 64 ‖ calls.
    /// @param repeats Whether expiry and gas are those of the intent before.
    /// @return fine Whether it passes.
    /// @return next Where the calls start.
    /// @return hashesEnd Where the hashes of the calls will end.
    function openIntent(uint256 item, bytes32 sessionId, SessionState state, uint256 cursor, uint256 repeats)
        internal
        view
        returns (bool fine, uint256 next, uint256 hashesEnd)
    {
        uint256 activeAndFast = SessionStateLib.STATUS_ACTIVE | SessionStateLib.FAST;
        assembly ("memory-safe") {
            let head := calldataload(item)
            mstore(PAYLOAD_EPOCH, shl(168, head))
            mstore(ACCOUNT, shr(96, head))
            mstore(ITEM, item)
            mstore(SESSION_ID, sessionId)
            mstore(STATE, state)
            mstore(NEEDS, mload(SPEND_MARK))
            mstore(REFUSAL, 0)
            let terms := calldataload(cursor)
            // Numbers below zero are very large ones, so that one comparison checks both ends.
            if iszero(repeats) {
                let expiry := and(shr(176, terms), 0xffffffffff)
                let callGas := and(shr(144, terms), 0xffffffff)
                mstore(EXPIRY, expiry)
                mstore(CALL_GAS, callGas)
                fine := lt(sub(expiry, add(timestamp(), 1)), MAX_INTENT_LIFETIME)
                mstore(TERMS_FINE, and(fine, lt(callGas, add(MAX_CALL_GAS, 1))))
                cursor := add(cursor, 9)
            }
            mstore(SIGNATURE, add(cursor, 5))
            next := add(cursor, 69)
            hashesEnd := add(add(CALL_HASHES, 32), and(shr(211, terms), 0x3e0))
            let sequence := shr(224, terms)
            mstore(SEQUENCE, sequence)
            fine := lt(sub(timestamp(), and(shr(8, state), 0xffffffffff)), and(shr(48, state), 0xffffff))
            fine := and(fine, eq(and(state, 7), activeAndFast))
            fine := and(fine, eq(sequence, and(shr(72, state), 0xffffffff)))
            fine := and(fine, lt(sequence, 0xffffffff))
            fine := gt(and(fine, mload(TERMS_FINE)), or(mload(PAUSED), mload(LANE)))
        }
    }

    /// @dev Whether the item's key is of the scheme.
    function hasScheme(uint256 scheme) internal pure returns (bool yes) {
        assembly ("memory-safe") {
            yes := eq(and(mload(IDENTITY_UP_TO_SCHEME), 0xff), scheme)
        }
    }

    /// @param head Starts with leading zeros 5 | entry 3.
    function entryOf(uint256 head) internal pure returns (uint256 entry) {
        assembly ("memory-safe") {
            entry := mload(add(ENTRIES, and(shr(243, head), 0xe0)))
        }
    }

    /// @dev Whether the entry needs no closer look, and fewer calls were made through it than it allows.
    function hasRoom(uint256 entry, SessionState state) internal pure returns (bool room) {
        assembly ("memory-safe") {
            room := lt(and(shr(byte(ENTRY_SHIFT_BYTE, entry), state), 0x7ffff), and(entry, 0xffffffff))
        }
    }

    /// @dev Whether the entry has one range of one argument besides the number of calls, has room, and the argument is within
    /// the range. A no decides nothing.
    /// @param head Starts with leading zeros 5 | entry 3 | argsLength 16.
    /// @param cursor Position of the arguments.
    function isInRange(uint256 entry, uint256 head, uint256 cursor, SessionState state)
        internal
        pure
        returns (bool yes)
    {
        assembly ("memory-safe") {
            let detail := mload(add(DETAILS, and(shr(243, head), 0xe0)))
            let uses := and(shr(byte(ENTRY_SHIFT_BYTE, entry), state), 0x7ffff)
            yes := lt(uses, and(detail, 0xffffffff))
            // ruleCount 1 ‖ word 1 ‖ shape 1 ‖ low 32 ‖ high 32; see EntryLimits.isInRanges.
            let rule := shr(DETAIL_POSITION, detail)
            let terms := calldataload(rule)
            let offset := shl(5, byte(1, terms))
            let zeros := shr(251, head)
            yes := and(yes, lt(add(offset, 31), add(and(shr(232, head), 0xffff), zeros)))
            // What stands in front of the arguments is not part of their first word.
            let before := mul(iszero(offset), shl(3, zeros))
            let word := shr(before, shl(before, calldataload(sub(add(cursor, offset), zeros))))
            word := xor(word, shl(255, shr(6, byte(2, terms))))
            let outside := or(lt(word, calldataload(add(rule, 3))), gt(word, calldataload(add(rule, 35))))
            yes := gt(yes, outside)
        }
    }

    /// @dev One more call through such an entry.
    function countCall(uint256 entry, SessionState state) internal pure returns (SessionState counted) {
        assembly ("memory-safe") {
            counted := add(state, shl(byte(ENTRY_SHIFT_BYTE, entry), 1))
        }
    }

    /// @dev Appends a call to the payload, in the form of PlayerAccount, and hashes it.
    /// @param head Starts with leading zeros 5 | entry 3 | argsLength 16.
    /// @param cursor Position of the arguments, without so many leading zeros.
    /// @param payload Where the call goes.
    /// @param hash Where its hash goes.
    /// @return next Behind the arguments.
    /// @return payloadEnd Behind the call.
    function appendCall(uint256 head, uint256 entry, uint256 value, uint256 cursor, uint256 payload, uint256 hash)
        internal
        pure
        returns (uint256 next, uint256 payloadEnd)
    {
        uint256 valueFlag = AccountCall.VALUE_FLAG;
        assembly ("memory-safe") {
            let given := and(shr(232, head), 0xffff)
            let zeros := shr(251, head)
            let size := add(add(given, zeros), 4)
            let data := add(payload, 32)
            let to := shr(96, entry)
            mstore(CALL_TO, to)
            mstore(payload, or(shl(96, to), size))
            if value {
                mstore(payload, or(mload(payload), valueFlag))
                mstore(data, value)
                data := add(data, 32)
            }
            // What stands behind the selector in the entry is overwritten.
            mstore(data, shl(160, entry))
            mstore(add(data, 4), 0)
            calldatacopy(add(add(data, 4), zeros), cursor, given)
            mstore(CALL_VALUE, value)
            mstore(CALL_DATA_HASH, keccak256(data, size))
            mstore(hash, keccak256(CALL, CALL_SIZE))
            next := add(cursor, given)
            payloadEnd := add(data, size)
        }
    }

    /// @dev EIP-712 digest of the intent.
    /// @param hashesEnd Where the hashes of its calls end.
    function digest(uint256 hashesEnd) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(CALLS_HASH, keccak256(CALL_HASHES, sub(hashesEnd, CALL_HASHES)))
            mstore(INTENT_HASH, keccak256(INTENT, INTENT_SIZE))
            hash := keccak256(DIGEST, DIGEST_SIZE)
        }
    }

    /// @dev Moves the free memory pointer behind the payload, for code that allocates while the payload is needed.
    function protectPayload(uint256 payloadEnd) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, and(add(payloadEnd, 63), not(31)))
        }
    }

    /// @dev Gives that memory back.
    function releasePayload() internal pure {
        set(0x40, FREE);
    }
}
