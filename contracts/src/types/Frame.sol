// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PermissionTable} from "./PermissionTable.sol";
import {TypedData} from "./TypedData.sol";

/// @notice Working memory of one bundle, allocated once: what stays the same is written once, the rest is overwritten by
/// each intent, so memory does not grow with the bundle. Runs of fields are laid out as the preimages that get hashed.
struct Frame {
    // Session id: account 20 ‖ scheme 1 ‖ epoch 4 ‖ policyId 32 ‖ tableHash 32 ‖ publicKey 64 or 20.
    bytes32 identity0;
    bytes32 identity1;
    bytes32 identity2;
    bytes32 identity3;
    bytes32 identity4;
    // EIP-712 digest: 0x1901 (last two bytes) ‖ domain ‖ struct hash.
    bytes32 prefix;
    bytes32 domainSeparator;
    bytes32 intentHash;
    // Hash of the intent.
    bytes32 intentTypeHash;
    address account;
    bytes32 sessionId;
    uint256 lane;
    uint256 sequence;
    bytes32 callsHash;
    uint256 expiry;
    uint256 callGas;
    // Hash of one call.
    bytes32 callTypeHash;
    address to;
    uint256 value;
    bytes32 dataHash;
    // Bundle: positions in call data.
    uint256 start;
    uint256 end;
    uint256 cursor;
    uint256 intentIndex;
    // Section.
    bytes32 policyId;
    uint256 entryCount;
    uint256[8] entries;
    uint256[8] limits;
    // Intent.
    uint256[32] callHashes;
    uint256 payload;
    uint256 payloadEnd;
    /// Value spent before this intent and by it, per entry; only meaningful for the entries in `valued`.
    uint256 valued;
    uint256[8] spent;
    uint256[8] charged;
}

using FrameLib for Frame global;

/// @dev The only place that addresses memory by number.
library FrameLib {
    uint256 private constant IDENTITY = 0x00;
    uint256 private constant POLICY_ID = 25;
    uint256 private constant TABLE_HASH = 57;
    uint256 private constant PUBLIC_KEY = 89;
    uint256 private constant DIGEST = 0xbe;
    uint256 private constant INTENT = 0x100;
    uint256 private constant CALL = 0x200;

    /// @dev Mark in an entry: its contract was found to be callable.
    uint256 internal constant CALLABLE = 1 << 255;
    uint256 private constant CARRIES_VALUE_SHIFT = 224;

    function open(Frame memory self, bytes calldata sections, bytes32 domainSeparator) internal pure {
        self.prefix = bytes32(uint256(0x1901));
        self.domainSeparator = domainSeparator;
        self.intentTypeHash = TypedData.INTENT_TYPEHASH;
        self.callTypeHash = TypedData.CALL_TYPEHASH;
        uint256 start;
        assembly ("memory-safe") {
            start := sections.offset
        }
        unchecked {
            (self.start, self.cursor, self.end) = (start, start, start + sections.length);
        }
    }

    /// @dev Unpacks the table at `cursor`. The entries are not checked: only the table that an active session commits to
    /// leads to an active session.
    /// @return next Position behind the table.
    function openTable(Frame memory self, bytes32 policyId, uint256 entryCount, uint256 cursor)
        internal
        pure
        returns (uint256 next)
    {
        unchecked {
            next = cursor;
            for (uint256 i; i < entryCount; ++i) {
                uint256 entry = load(next) >> 24;
                self.entries[i] = entry;
                next += PermissionTable.ENTRY_SIZE;
                if (carriesValue(entry)) {
                    self.limits[i] = load(next);
                    next += PermissionTable.VALUE_SIZE;
                }
            }
            self.policyId = policyId;
            self.entryCount = entryCount;
        }
        assembly ("memory-safe") {
            let table := mload(0x40)
            let size := sub(next, cursor)
            calldatacopy(table, cursor, size)
            mstore(add(self, POLICY_ID), policyId)
            mstore(add(self, TABLE_HASH), keccak256(table, size))
        }
    }

    /// @dev Session id of the intent at `cursor`.
    function hashIdentity(Frame memory self, uint256 cursor, uint256 keySize) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            calldatacopy(self, cursor, POLICY_ID)
            calldatacopy(add(self, PUBLIC_KEY), add(cursor, POLICY_ID), keySize)
            hash := keccak256(self, add(PUBLIC_KEY, keySize))
        }
    }

    /// @dev Hashes the call in `to`, `value` and `dataHash`, and keeps the hash at `index`.
    function hashCall(Frame memory self, uint256 index) internal pure {
        bytes32 hash;
        assembly ("memory-safe") {
            hash := keccak256(add(self, CALL), 0x80)
        }
        uint256[32] memory callHashes = self.callHashes;
        assembly ("memory-safe") {
            mstore(add(callHashes, shl(5, index)), hash)
        }
    }

    /// @dev EIP-712 digest of the intent whose `count` calls have been hashed.
    function digest(Frame memory self, uint256 count) internal pure returns (bytes32 hash) {
        uint256[32] memory callHashes = self.callHashes;
        bytes32 callsHash;
        assembly ("memory-safe") {
            callsHash := keccak256(callHashes, shl(5, count))
        }
        self.callsHash = callsHash;
        bytes32 intentHash;
        assembly ("memory-safe") {
            intentHash := keccak256(add(self, INTENT), 0x100)
        }
        self.intentHash = intentHash;
        assembly ("memory-safe") {
            hash := keccak256(add(self, DIGEST), 66)
        }
    }

    function entryAt(Frame memory self, uint256 index) internal pure returns (uint256 entry) {
        uint256[8] memory entries = self.entries;
        assembly ("memory-safe") {
            entry := mload(add(entries, shl(5, index)))
        }
    }

    function carriesValue(uint256 entry) internal pure returns (bool) {
        return (entry >> CARRIES_VALUE_SHIFT) & PermissionTable.CARRIES_VALUE != 0;
    }

    /// @dev Word of call data at an absolute position; zero beyond its end.
    function load(uint256 position) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(position)
        }
    }
}
