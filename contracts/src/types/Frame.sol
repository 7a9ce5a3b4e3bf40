// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calldata} from "./Calldata.sol";
import {PermissionTable} from "./PermissionTable.sol";
import {TypedData} from "./TypedData.sol";

/// @notice Working memory of one bundle, allocated once, at a fixed address. What stays the same is written once, the rest
/// is overwritten by each intent, so memory does not grow with the bundle. Runs of words are laid out as the preimages
/// that get hashed.
/// @dev The only place that addresses memory by number. Not a struct, because reaching a struct through a pointer that
/// does not fit on the stack, its arrays through two, and zeroing it first, cost 6 % of a move.
library Frame {
    /// @dev Where the frame starts: above all that Solidity has allocated when a bundle is opened, which `open` asserts.
    uint256 private constant IDENTITY = 0x400;
    // Session id: account 20 ‖ scheme 1 ‖ epoch 4 ‖ policyId 32 ‖ tableHash 32 ‖ publicKey 64 or 20; five words.
    uint256 private constant IDENTITY_HEAD_SIZE = 25;
    uint256 private constant IDENTITY_TABLE_HASH = 57;
    uint256 private constant IDENTITY_KEY = 89;
    // EIP-712 digest: 0x1901 at the end of a word ‖ domain ‖ struct hash.
    uint256 private constant PREFIX = 0x4a0;
    uint256 private constant DIGEST = 0x4be;
    uint256 private constant DIGEST_SIZE = 66;
    uint256 private constant DOMAIN = 0x4c0;
    uint256 private constant INTENT_HASH = 0x4e0;
    // Struct hash of the intent.
    uint256 private constant INTENT = 0x500;
    uint256 private constant INTENT_SIZE = 0x100;
    uint256 internal constant ACCOUNT = 0x520;
    uint256 internal constant SESSION_ID = 0x540;
    uint256 internal constant LANE = 0x560;
    uint256 internal constant SEQUENCE = 0x580;
    uint256 private constant CALLS_HASH = 0x5a0;
    uint256 internal constant EXPIRY = 0x5c0;
    uint256 internal constant CALL_GAS = 0x5e0;
    // Struct hash of one call: type hash, to, value, hash of the data.
    uint256 private constant CALL = 0x600;
    uint256 private constant CALL_SIZE = 0x80;
    // Of the bundle: where its bytes start and end in call data, and how many intents went before.
    uint256 internal constant START = 0x680;
    uint256 internal constant END = 0x6a0;
    uint256 internal constant INTENT_INDEX = 0x6c0;
    // Of the section.
    uint256 internal constant POLICY_SLOT = 0x6e0;
    uint256 internal constant ENTRY_COUNT = 0x700;
    uint256 private constant ENTRIES = 0x720;
    uint256 private constant LIMITS = 0x820;
    /// @dev Bitmap of the entries through which the intent sends value; SPENT and CHARGED mean something for these only.
    uint256 internal constant VALUED = 0x920;
    /// @dev Value spent through an entry before the intent, and by it.
    uint256 internal constant SPENT = 0x940;
    uint256 internal constant CHARGED = 0xa40;
    uint256 private constant CALL_HASHES = 0xb40;
    /// @dev Message hash ‖ r ‖ s ‖ x ‖ y, as P256VERIFY takes it.
    uint256 internal constant VERIFICATION = 0xf40;
    /// @dev The call to the account; its size is not known before, so it comes last.
    uint256 internal constant PAYLOAD = 0xfe0;

    /// @dev Mark in an entry: its contract was found to be callable.
    uint256 internal constant CALLABLE = 1 << 255;
    uint256 internal constant CARRIES_VALUE = PermissionTable.CARRIES_VALUE << 224;

    /// @dev Allocates the frame: everything from the free memory up to the payload. Nothing allocated before is touched.
    function open(bytes calldata sections, bytes32 domainSeparator) internal pure {
        bytes32 intentTypeHash = TypedData.INTENT_TYPEHASH;
        bytes32 callTypeHash = TypedData.CALL_TYPEHASH;
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        assert(free <= IDENTITY);
        assembly ("memory-safe") {
            mstore(0x40, PAYLOAD)
            mstore(PREFIX, 0x1901)
            mstore(DOMAIN, domainSeparator)
            mstore(INTENT, intentTypeHash)
            mstore(CALL, callTypeHash)
            mstore(START, sections.offset)
            mstore(END, add(sections.offset, sections.length))
            mstore(INTENT_INDEX, 0)
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

    /// @dev flags 8 | to 160 | selector 32 | maxCalls 32, in the low 232 bits.
    function entryAt(uint256 index) internal pure returns (uint256) {
        return getAt(ENTRIES, index);
    }

    function markCallable(uint256 index, uint256 entry) internal pure {
        setAt(ENTRIES, index, entry | CALLABLE);
    }

    /// @dev maxValuePerCall 128 | maxValue 128.
    function limitsAt(uint256 index) internal pure returns (uint256) {
        return getAt(LIMITS, index);
    }

    /// @dev Unpacks the table at `cursor`. The entries are not checked: only the table that an active session commits to
    /// leads to an active session.
    /// @return next Position behind the table.
    function openTable(bytes32 policyId, uint256 entryCount, uint256 cursor) internal pure returns (uint256 next) {
        unchecked {
            next = cursor;
            for (uint256 i; i < entryCount; ++i) {
                uint256 entry = Calldata.load(next) >> 24;
                setAt(ENTRIES, i, entry);
                next += PermissionTable.ENTRY_SIZE;
                if (entry & CARRIES_VALUE != 0) {
                    setAt(LIMITS, i, Calldata.load(next));
                    next += PermissionTable.VALUE_SIZE;
                }
            }
            set(ENTRY_COUNT, entryCount);
        }
        assembly ("memory-safe") {
            let table := mload(0x40)
            let size := sub(next, cursor)
            calldatacopy(table, cursor, size)
            mstore(add(IDENTITY, IDENTITY_HEAD_SIZE), policyId)
            mstore(add(IDENTITY, IDENTITY_TABLE_HASH), keccak256(table, size))
        }
    }

    /// @dev Session id of the intent at `cursor`.
    function hashIdentity(uint256 cursor, uint256 keySize) internal pure returns (bytes32 sessionId) {
        assembly ("memory-safe") {
            calldatacopy(IDENTITY, cursor, IDENTITY_HEAD_SIZE)
            calldatacopy(add(IDENTITY, IDENTITY_KEY), add(cursor, IDENTITY_HEAD_SIZE), keySize)
            sessionId := keccak256(IDENTITY, add(IDENTITY_KEY, keySize))
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
    }

    /// @dev Hashes a call, and keeps the hash at `index`.
    function hashCall(uint256 index, uint256 to, uint256 value, bytes32 dataHash) internal pure {
        assembly ("memory-safe") {
            mstore(add(CALL, 0x20), to)
            mstore(add(CALL, 0x40), value)
            mstore(add(CALL, 0x60), dataHash)
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
