// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calldata} from "./Calldata.sol";
import {EntryLimits} from "./EntryLimits.sol";
import {SessionState, SessionStateLib} from "./SessionState.sol";
import {TypedData} from "./TypedData.sol";

/// @notice Working memory of one bundle, allocated once, at a fixed address. What stays the same is written once, the rest
/// is overwritten by each intent, so memory does not grow with the bundle. Runs of words are laid out as the preimages
/// that get hashed.
/// @dev The only place that gives out memory by number. Not a struct, because reaching a struct through a pointer that
/// does not fit on the stack, its arrays through two, and zeroing it first, cost 6 % of a move.
library Frame {
    /// @dev Where the frame starts: above all that Solidity has allocated when a bundle is opened, which `open` asserts.
    uint256 private constant FRAME = 0x180;

    // Session id: account 20 ‖ scheme 1 ‖ epoch 4 ‖ policyId 32 ‖ tableHash 32 ‖ publicKey 64 or 20; five words.
    uint256 internal constant IDENTITY = 0x180;
    uint256 internal constant IDENTITY_SCHEME = 0x194;
    uint256 internal constant IDENTITY_HEAD_SIZE = 25;
    uint256 private constant IDENTITY_POLICY_ID = 0x199;
    uint256 private constant IDENTITY_TABLE_HASH = 0x1b9;
    uint256 internal constant IDENTITY_KEY = 0x1d9;
    uint256 internal constant IDENTITY_KEY_OFFSET = 89;
    // EIP-712 digest: 0x1901 at the end of a word ‖ domain ‖ struct hash.
    uint256 private constant PREFIX = 0x220;
    uint256 internal constant DIGEST = 0x23e;
    uint256 internal constant DIGEST_SIZE = 66;
    uint256 private constant DOMAIN = 0x240;
    uint256 internal constant INTENT_HASH = 0x260;
    // Struct hash of the intent.
    uint256 internal constant INTENT = 0x280;
    uint256 internal constant INTENT_SIZE = 0x100;
    uint256 internal constant ACCOUNT = 0x2a0;
    uint256 internal constant SESSION_ID = 0x2c0;
    uint256 internal constant LANE = 0x2e0;
    uint256 internal constant SEQUENCE = 0x300;
    uint256 internal constant CALLS_HASH = 0x320;
    uint256 internal constant EXPIRY = 0x340;
    uint256 internal constant CALL_GAS = 0x360;
    // Struct hash of one call.
    uint256 internal constant CALL = 0x380;
    uint256 internal constant CALL_SIZE = 0x80;
    uint256 internal constant CALL_TO = 0x3a0;
    uint256 internal constant CALL_VALUE = 0x3c0;
    uint256 internal constant CALL_DATA_HASH = 0x3e0;
    // Key of a session's word in storage: session id ‖ slot of the mapping.
    uint256 internal constant STATE_KEY = 0x400;
    uint256 internal constant STATE_KEY_SIZE = 0x40;
    uint256 private constant STATE_SLOT = 0x420;
    // Of the bundle: where its bytes start and end in call data.
    uint256 internal constant START = 0x440;
    uint256 internal constant END = 0x460;
    // Of the section.
    uint256 internal constant POLICY_SLOT = 0x480;
    uint256 internal constant ENTRY_COUNT = 0x4a0;
    /// @dev Where the rows of the spend limits start, in call data; and their number, where METERED has it.
    uint256 internal constant SPENDS = 0x4c0;
    uint256 internal constant SPEND_MARK = 0x4e0;
    /// @dev Of the intent: number of spend limits 8 | number of approvals 8 | bitmap of the meters that it charges 8. Zero
    /// if it needs no more than its counters.
    uint256 internal constant METERED = 0x500;
    // Runs of eight: entries, what else there is to say of them, meters before the intent and after it.
    uint256 internal constant ENTRIES = 0x540;
    uint256 private constant DETAILS = 0x640;
    uint256 internal constant METERS_BEFORE = 0x740;
    uint256 internal constant METERS_AFTER = 0x840;
    /// @dev Eight approvals: number of the spend limit 96 | spender 160, then the amount.
    uint256 private constant APPROVALS = 0x940;
    uint256 internal constant CALL_HASHES = 0xb40;
    /// @dev Message hash ‖ r ‖ s ‖ x ‖ y, as P256VERIFY takes it.
    uint256 internal constant VERIFICATION = 0xf40;
    /// @dev The call to the account; its size is not known before, so it comes last.
    uint256 internal constant PAYLOAD = 0xfe0;

    uint256 private constant SPEND_SHIFT = 16;
    uint256 private constant APPROVAL_SHIFT = 8;

    // An entry: to 160 | selector 32 | zero 16 | shift of its first cell 16 | calls that need no closer look 32.
    uint256 internal constant ENTRY_SHIFT = 32;
    // Its detail: position of its further limits in call data 128 | its contract has code 8 | zero | flags 8 | maxCalls 32.
    uint256 private constant DETAIL_POSITION = 128;
    uint256 private constant DETAIL_CALLABLE = 1 << 120;
    uint256 private constant DETAIL_FLAGS = 32;

    /// @dev Allocates the frame: everything from the free memory up to the payload. Nothing allocated before is touched.
    function open(bytes calldata sections, bytes32 domainSeparator, uint256 stateSlot) internal pure {
        bytes32 intentTypeHash = TypedData.INTENT_TYPEHASH;
        bytes32 callTypeHash = TypedData.CALL_TYPEHASH;
        uint256 free = get(0x40);
        assert(free <= FRAME);
        assembly ("memory-safe") {
            mstore(0x40, PAYLOAD)
            mstore(PREFIX, 0x1901)
            mstore(DOMAIN, domainSeparator)
            mstore(INTENT, intentTypeHash)
            mstore(CALL, callTypeHash)
            mstore(STATE_SLOT, stateSlot)
            mstore(START, sections.offset)
            mstore(END, add(sections.offset, sections.length))
        }
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
    function openTable(uint256 policyId, uint256 cursor) internal pure returns (uint256 next) {
        unchecked {
            uint256 counts = Calldata.loadNumber(cursor, 1);
            next = cursor + 1;
            for (uint256 i; i < counts & 0xf; ++i) {
                next = _openEntry(i, next);
            }
            set(ENTRY_COUNT, counts & 0xf);
            set(SPEND_MARK, counts >> 4 << SPEND_SHIFT);
            set(SPENDS, next);
            next += EntryLimits.SPEND_SIZE * (counts >> 4);
        }
        assembly ("memory-safe") {
            let table := mload(0x40)
            let size := sub(next, cursor)
            calldatacopy(table, cursor, size)
            mstore(IDENTITY_POLICY_ID, policyId)
            mstore(IDENTITY_TABLE_HASH, keccak256(table, size))
        }
    }

    function _openEntry(uint256 index, uint256 cursor) private pure returns (uint256 next) {
        unchecked {
            uint256 head = Calldata.load(cursor);
            uint256 flags = head >> 248;
            uint256 shift = SessionStateLib.CELLS_SHIFT + SessionStateLib.CELL_BITS * (flags >> 5);
            next = cursor + EntryLimits.ENTRY_SIZE;
            setAt(ENTRIES, index, ((head << 8) >> 64 << 64) | (shift << ENTRY_SHIFT));
            setAt(DETAILS, index, (next << DETAIL_POSITION) | (flags << DETAIL_FLAGS) | uint32(head >> 24));
            next += EntryLimits.sizeOf(flags, next);
        }
    }

    function policyId() internal pure returns (bytes32) {
        return bytes32(get(IDENTITY_POLICY_ID));
    }

    function tableHash() internal pure returns (bytes32) {
        return bytes32(get(IDENTITY_TABLE_HASH));
    }

    function targetAt(uint256 index) internal pure returns (address) {
        return address(uint160(getAt(ENTRIES, index) >> 96));
    }

    /// @return position Of the further limits of the entry, in call data.
    /// @return flags See EntryLimits.
    /// @return maxCalls Over the whole session.
    function detailAt(uint256 index) internal pure returns (uint256 position, uint256 flags, uint256 maxCalls) {
        uint256 detail = getAt(DETAILS, index);
        return (detail >> DETAIL_POSITION, uint8(detail >> DETAIL_FLAGS), uint32(detail));
    }

    function isCallable(uint256 index) internal pure returns (bool) {
        return getAt(DETAILS, index) & DETAIL_CALLABLE != 0;
    }

    /// @dev Remembers that the contract of the entry has code. If the entry has no limit but the number of calls, they then
    /// need no closer look below that number.
    function markCallable(uint256 index) internal pure {
        unchecked {
            (, uint256 flags, uint256 maxCalls) = detailAt(index);
            setAt(DETAILS, index, getAt(DETAILS, index) | DETAIL_CALLABLE);
            if (flags & EntryLimits.LIMITS == 0) setAt(ENTRIES, index, getAt(ENTRIES, index) | maxCalls);
        }
    }

    // ── The intent ────────────────────────────────────────────────────────────

    /// @dev Session id of the item.
    function identify(uint256 item, uint256 scheme, uint256 keySize) internal pure returns (bytes32 sessionId) {
        assembly ("memory-safe") {
            calldatacopy(IDENTITY, item, IDENTITY_HEAD_SIZE)
            mstore8(IDENTITY_SCHEME, scheme)
            calldatacopy(IDENTITY_KEY, add(item, IDENTITY_HEAD_SIZE), keySize)
            sessionId := keccak256(IDENTITY, add(IDENTITY_KEY_OFFSET, keySize))
        }
    }

    /// @dev Where the session's word is stored. Plain: the slot of `_states[sessionId]`.
    function locate(bytes32 sessionId) internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            mstore(STATE_KEY, sessionId)
            slot := keccak256(STATE_KEY, STATE_KEY_SIZE)
        }
    }

    /// @param terms Starts with lane 32 | sequence 32 | expiry 40 | callGas 32.
    function setIntent(uint256 account, bytes32 sessionId, uint256 terms) internal pure {
        set(ACCOUNT, account);
        set(SESSION_ID, uint256(sessionId));
        set(LANE, terms >> 224);
        set(SEQUENCE, uint32(terms >> 192));
        set(EXPIRY, uint40(terms >> 152));
        set(CALL_GAS, uint32(terms >> 120));
        set(METERED, get(SPEND_MARK));
    }

    /// @dev Whether the entry needs no closer look, and fewer calls were made through it than it allows.
    function hasRoom(uint256 entry, uint256 state) internal pure returns (bool room) {
        assembly ("memory-safe") {
            room := lt(and(shr(and(shr(ENTRY_SHIFT, entry), 0xffff), state), 0x7ffff), and(entry, 0xffffffff))
        }
    }

    /// @dev One more call through such an entry.
    function countCall(uint256 entry, SessionState state) internal pure returns (SessionState) {
        unchecked {
            return SessionState.wrap(SessionState.unwrap(state) + (1 << uint16(entry >> ENTRY_SHIFT)));
        }
    }

    /// @dev Copies the data of a call to `data`, hashes the call, and keeps the hash at `index`.
    function hashCall(uint256 index, uint256 entry, uint256 value, uint256 data, uint256 args, uint256 argsSize)
        internal
        pure
    {
        assembly ("memory-safe") {
            // What stands behind the selector in the entry is overwritten, or not part of the data.
            mstore(data, shl(160, entry))
            calldatacopy(add(data, 4), args, argsSize)
            mstore(CALL_TO, shr(96, entry))
            mstore(CALL_VALUE, value)
            mstore(CALL_DATA_HASH, keccak256(data, add(argsSize, 4)))
            mstore(add(CALL_HASHES, shl(5, index)), keccak256(CALL, CALL_SIZE))
        }
    }

    /// @dev EIP-712 digest of the intent whose `count` calls have been hashed.
    function digest(uint256 count) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(CALLS_HASH, keccak256(CALL_HASHES, shl(5, count)))
            mstore(INTENT_HASH, keccak256(INTENT, INTENT_SIZE))
            hash := keccak256(DIGEST, DIGEST_SIZE)
        }
    }

    function spendCount() internal pure returns (uint256) {
        return get(METERED) >> SPEND_SHIFT;
    }

    function approvalCount() internal pure returns (uint256) {
        return uint8(get(METERED) >> APPROVAL_SHIFT);
    }

    function addApproval(uint256 spend, uint256 spender, uint256 amount) internal pure {
        unchecked {
            uint256 count = approvalCount();
            setAt(APPROVALS, 2 * count, (spend << 160) | spender);
            setAt(APPROVALS, 2 * count + 1, amount);
            set(METERED, get(METERED) + (1 << APPROVAL_SHIFT));
        }
    }

    function approvalAt(uint256 index) internal pure returns (uint256 spend, address spender, uint256 amount) {
        unchecked {
            uint256 word = getAt(APPROVALS, 2 * index);
            return (word >> 160, address(uint160(word)), getAt(APPROVALS, 2 * index + 1));
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
        set(0x40, PAYLOAD);
    }
}
