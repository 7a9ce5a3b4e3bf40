// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, Intent} from "../src/types/Intent.sol";
import {Key, Session, SessionIdentity} from "../src/types/Session.sol";
import {Permission} from "../src/types/Terms.sol";
import {Base} from "./Base.sol";
import {TableEncoder} from "./encoding/TableEncoder.sol";
import {OwnerGrant, Player} from "./Player.sol";

/// @notice How what players and owners sign travels; written from the description of the format, never with the contracts'
/// own code.
abstract contract BundleEncoder is Base {
    /// @dev In the kind of an item: it carries a grant; it has no intent.
    uint8 internal constant WITH_GRANT = 0x80;
    uint8 internal constant WITHOUT_INTENT = 0x40;
    /// @dev Its intent has a lane other than 0; expiry and gas are those of the intent before.
    uint8 internal constant WITH_LANE = 0x20;
    uint8 internal constant REPEATING_TERMS = 0x04;

    function identityOf(Player memory player) internal pure returns (SessionIdentity memory) {
        Session memory session = player.session;
        return SessionIdentity(session.account, session.policyId, keccak256(player.table), session.epoch, session.key);
    }

    /// @dev Id of the session.
    function idOf(Player memory player) internal pure returns (bytes32) {
        Session memory session = player.session;
        return keccak256(
            abi.encodePacked(
                abi.encodePacked(session.policyId, keccak256(player.table)),
                abi.encodePacked(session.account, session.key.scheme, session.epoch),
                session.key.publicKey
            )
        );
    }

    /// @dev position 1 ‖ count 1 ‖ (count - 1) × sessionHash 32 ‖ endedCount 1 ‖ ended.
    function encodeBatch(bytes32[] memory hashes, uint256 position, Player[] memory ended)
        internal
        pure
        returns (bytes memory batch)
    {
        batch = abi.encodePacked(uint8(position), uint8(hashes.length));
        for (uint256 i; i < hashes.length; ++i) {
            if (i != position) batch = bytes.concat(batch, hashes[i]);
        }
        batch = bytes.concat(batch, bytes1(uint8(ended.length)));
        for (uint256 i; i < ended.length; ++i) {
            Session memory session = ended[i].session;
            batch = bytes.concat(
                batch,
                abi.encodePacked(session.policyId, keccak256(ended[i].table), session.epoch, session.key.scheme),
                session.key.publicKey
            );
        }
    }

    /// @dev validAfter 5 ‖ validUntil 5 ‖ grantDeadline 5 ‖ parts 1 ‖ signatureLength 2 ‖ signature ‖ parts.
    function encodeGrant(OwnerGrant memory grant_) internal pure returns (bytes memory encoded) {
        uint8 parts = (grant_.owner.length == 0 ? 0 : 1) + (grant_.terms.length == 0 ? 0 : 2)
            + (grant_.batch.length == 0 ? 0 : 4);
        encoded = abi.encodePacked(
            grant_.validAfter, grant_.validUntil, grant_.grantDeadline, parts, uint16(grant_.signature.length)
        );
        encoded = bytes.concat(encoded, grant_.signature);
        if (parts & 1 != 0) encoded = abi.encodePacked(encoded, uint16(grant_.owner.length), grant_.owner);
        if (parts & 2 != 0) {
            encoded = abi.encodePacked(encoded, uint24(grant_.terms.length), grant_.terms);
            encoded = abi.encodePacked(encoded, uint16(grant_.policyTable.length), grant_.policyTable);
        }
        encoded = bytes.concat(encoded, grant_.batch);
    }

    /// @dev An item with a grant and nothing else.
    function grantItem(Player memory player, OwnerGrant memory grant_) internal pure returns (bytes memory) {
        return bytes.concat(head(player, WITH_GRANT | WITHOUT_INTENT), encodeGrant(grant_));
    }

    /// @dev An item with a grant and the intent of another item.
    function withGrant(Player memory player, OwnerGrant memory grant_, bytes memory intentItem)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory intent = slice(intentItem, head(player, 0).length, intentItem.length);
        uint8 flags = uint8(intentItem[20]) & (WITH_LANE | REPEATING_TERMS);
        return bytes.concat(head(player, WITH_GRANT | flags), encodeGrant(grant_), intent);
    }

    /// @dev account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey.
    function head(Player memory player, uint8 flags) internal pure returns (bytes memory) {
        Key memory key = player.session.key;
        return abi.encodePacked(player.session.account, key.scheme | flags, player.session.epoch, key.publicKey);
    }

    /// @dev An item with an intent: head ‖ [lane 4] ‖ sequence 4 ‖ furtherCalls 1 ‖ expiry 5 ‖ callGas 4 ‖ signature 64 ‖ calls.
    function encodeIntent(Player memory player, Intent memory intent, bytes memory signature)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory terms = abi.encodePacked(intent.expiry, intent.callGas);
        return encodeIntent(player, intent, signature, 0, terms);
    }

    /// @dev The same with expiry and gas of the intent before.
    function encodeRepeating(Player memory player, Intent memory intent, bytes memory signature)
        internal
        pure
        returns (bytes memory)
    {
        return encodeIntent(player, intent, signature, REPEATING_TERMS, "");
    }

    function encodeIntent(
        Player memory player,
        Intent memory intent,
        bytes memory signature,
        uint8 flags,
        bytes memory terms
    ) private pure returns (bytes memory encoded) {
        if (intent.lane != 0) flags |= WITH_LANE;
        encoded = head(player, flags);
        if (intent.lane != 0) encoded = abi.encodePacked(encoded, intent.lane);
        encoded = abi.encodePacked(encoded, intent.sequence, uint8(intent.calls.length - 1), terms, signature);
        for (uint256 i; i < intent.calls.length; ++i) {
            encoded = bytes.concat(encoded, encodeCall(player, intent.calls[i]));
        }
    }

    /// @dev zeros 5 bits, entry 3 bits ‖ length 2 ‖ [value 16] ‖ args without so many leading zeros.
    function encodeCall(Player memory player, Call memory call) internal pure returns (bytes memory) {
        uint256 zeros;
        while (zeros < 31 && zeros + 4 < call.data.length && call.data[zeros + 4] == 0) {
            ++zeros;
        }
        return encodeCall(player, call, zeros);
    }

    /// @dev With so many zeros left out.
    function encodeCall(Player memory player, Call memory call, uint256 zeros) internal pure returns (bytes memory) {
        uint256 entry = entryOf(player, call);
        bytes memory args = slice(call.data, 4 + zeros, call.data.length);
        bool carriesValue = player.session.terms.permissions[entry].maxValue != 0;
        return abi.encodePacked(
            uint8((zeros << 3) | entry),
            uint16(args.length),
            carriesValue ? abi.encodePacked(uint128(call.value)) : bytes(""),
            args
        );
    }

    /// @dev Entry for the call; the last one if there is none, as a forger would have to name one.
    function entryOf(Player memory player, Call memory call) internal pure returns (uint256 entry) {
        Permission[] memory permissions = player.session.terms.permissions;
        for (; entry < permissions.length - 1; ++entry) {
            if (permissions[entry].to != call.to) continue;
            if (TableEncoder.selectorOf(permissions[entry]) == bytes4(call.data)) break;
        }
    }

    /// @dev policyId 32 ‖ table ‖ itemCount 2 ‖ items.
    function section(Player memory player, bytes[] memory items) internal pure returns (bytes memory encoded) {
        encoded = abi.encodePacked(player.session.policyId, player.table, uint16(items.length));
        for (uint256 i; i < items.length; ++i) {
            encoded = bytes.concat(encoded, items[i]);
        }
    }

    // ── Bytes ─────────────────────────────────────────────────────────────────

    function slice(bytes memory data, uint256 start, uint256 end) internal pure returns (bytes memory part) {
        part = new bytes(end - start);
        for (uint256 i; i < part.length; ++i) {
            part[i] = data[start + i];
        }
    }

    /// @dev A copy with one bit flipped.
    function flip(bytes memory data, uint256 position) internal pure returns (bytes memory flipped) {
        flipped = bytes.concat(data);
        flipped[position] ^= 0x01;
    }

    function one(bytes memory item) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function two(bytes memory first, bytes memory second) internal pure returns (bytes[] memory list) {
        list = new bytes[](2);
        (list[0], list[1]) = (first, second);
    }

    function one(Player memory player) internal pure returns (Player[] memory list) {
        list = new Player[](1);
        list[0] = player;
    }

    function two(Player memory first, Player memory second) internal pure returns (Player[] memory list) {
        list = new Player[](2);
        (list[0], list[1]) = (first, second);
    }

    function nobody() internal pure returns (Player[] memory) {
        return new Player[](0);
    }
}
