// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FunctionSignature} from "./FunctionSignature.sol";
import {Permission} from "./Session.sol";
import {TypedData} from "./TypedData.sol";

/// @notice One row of a table: what a permission comes to once its signature is reduced to a selector.
struct Entry {
    address to;
    bytes4 selector;
    uint32 maxCalls;
    uint128 maxValuePerCall;
    uint128 maxValue;
}

/// @notice The compact form of `Permission[]`, which bundles carry once per section.
/// @dev entry = flags 1 ‖ to 20 ‖ selector 4 ‖ maxCalls 4 ‖ [flags bit 0: maxValuePerCall 16 ‖ maxValue 16].
/// Entries stand in the order of the permissions; a call names its entry by position.
library PermissionTable {
    error InvalidPermissionCount(uint256 count, uint256 max);
    error InvalidCallLimit(uint256 index, uint256 maxCalls, uint256 max);
    error InvalidValueLimit(uint256 index, uint256 maxValuePerCall, uint256 maxValue);
    error DuplicatePermission(uint256 index);
    error PermissionOutsidePolicy(uint256 index);

    /// @dev Flag: calls through this entry may carry value.
    uint256 internal constant CARRIES_VALUE = 1;
    /// @dev Bytes of an entry without value.
    uint256 internal constant ENTRY_SIZE = 29;
    /// @dev Further bytes of an entry with value.
    uint256 internal constant VALUE_SIZE = 32;
    uint256 internal constant MAX_ENTRIES = 8;
    /// @dev The counters of a session have 19 bits.
    uint256 internal constant MAX_CALL_LIMIT = 524_287;

    /// @dev Checks `permissions` and reduces them.
    /// @return table Packed entries.
    /// @return entries The same, unpacked.
    /// @return permissionsHash EIP-712 hash of the array.
    function build(Permission[] calldata permissions)
        internal
        pure
        returns (bytes memory table, Entry[] memory entries, bytes32 permissionsHash)
    {
        uint256 count = permissions.length;
        require(count != 0 && count <= MAX_ENTRIES, InvalidPermissionCount(count, MAX_ENTRIES));
        entries = new Entry[](count);
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            entries[i] = _reduce(permissions[i], i);
            hashes[i] = TypedData.hashPermission(permissions[i]);
            table = bytes.concat(table, _pack(entries[i]));
            for (uint256 j; j < i; ++j) {
                require(!_sameFunction(entries[i], entries[j]), DuplicatePermission(i));
            }
        }
        permissionsHash = keccak256(abi.encodePacked(hashes));
    }

    /// @dev Unpacks a table whose hash is known to be one of ours; it is not checked again.
    function parse(bytes calldata table) internal pure returns (Entry[] memory entries) {
        entries = new Entry[](MAX_ENTRIES);
        uint256 count;
        for (uint256 i; i < table.length; ++count) {
            Entry memory entry = entries[count];
            bool carriesValue = table[i] != 0;
            entry.to = address(bytes20(table[i + 1:]));
            entry.selector = bytes4(table[i + 21:]);
            entry.maxCalls = uint32(bytes4(table[i + 25:]));
            i += ENTRY_SIZE;
            if (carriesValue) {
                entry.maxValuePerCall = uint128(bytes16(table[i:]));
                entry.maxValue = uint128(bytes16(table[i + 16:]));
                i += VALUE_SIZE;
            }
        }
        assembly ("memory-safe") {
            mstore(entries, count)
        }
    }

    /// @dev Reverts unless every entry of `inner` is in `outer` with limits that are at least as high.
    function requireWithin(Entry[] memory inner, Entry[] memory outer) internal pure {
        for (uint256 i; i < inner.length; ++i) {
            bool within;
            for (uint256 j; j < outer.length && !within; ++j) {
                within = _sameFunction(inner[i], outer[j]) && inner[i].maxCalls <= outer[j].maxCalls
                    && inner[i].maxValuePerCall <= outer[j].maxValuePerCall && inner[i].maxValue <= outer[j].maxValue;
            }
            require(within, PermissionOutsidePolicy(i));
        }
    }

    function _reduce(Permission calldata permission, uint256 index) private pure returns (Entry memory) {
        (uint256 perCall, uint256 total) = (permission.maxValuePerCall, permission.maxValue);
        require(
            permission.maxCalls != 0 && permission.maxCalls <= MAX_CALL_LIMIT,
            InvalidCallLimit(index, permission.maxCalls, MAX_CALL_LIMIT)
        );
        require((perCall == 0) == (total == 0) && perCall <= total, InvalidValueLimit(index, perCall, total));
        return Entry({
            to: permission.to,
            selector: FunctionSignature.selector(permission.signature),
            maxCalls: permission.maxCalls,
            maxValuePerCall: permission.maxValuePerCall,
            maxValue: permission.maxValue
        });
    }

    function _pack(Entry memory entry) private pure returns (bytes memory) {
        bool carriesValue = entry.maxValue != 0;
        bytes memory head =
            abi.encodePacked(carriesValue ? bytes1(0x01) : bytes1(0), entry.to, entry.selector, entry.maxCalls);
        return carriesValue ? abi.encodePacked(head, entry.maxValuePerCall, entry.maxValue) : head;
    }

    function _sameFunction(Entry memory a, Entry memory b) private pure returns (bool) {
        return a.to == b.to && a.selector == b.selector;
    }
}
