// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calldata} from "./Calldata.sol";

/// @notice A grant as it travels: what the owner signed, without what its item and section say already. Positions are
/// absolute, in call data.
/// @param validAfter See Session; so are `validUntil` and `grantDeadline`.
/// @param signature ERC-1271 signature of the account; not looked at when the account itself submits the bundle.
/// @param owner ERC-7913 signer from which the factory creates the account when it has no code.
/// @param terms The session's own terms, ABI-encoded; without them it has the policy's.
/// @param policyTable The policy's table, which the own terms must be within; empty without a policy.
/// @param batch Where part 0x04 starts; zero if the session was signed by itself.
/// @param end Behind the grant.
struct Grant {
    uint256 validAfter;
    uint256 validUntil;
    uint256 grantDeadline;
    uint256 signature;
    uint256 signatureSize;
    uint256 owner;
    uint256 ownerSize;
    uint256 terms;
    uint256 termsSize;
    uint256 policyTable;
    uint256 policyTableSize;
    uint256 batch;
    uint256 end;
}

/// @notice grant = validAfter 5 ‖ validUntil 5 ‖ grantDeadline 5 ‖ parts 1 ‖ signatureLength 2 ‖ signature ‖
/// [part 0x01: ownerLength 2 ‖ owner] ‖
/// [part 0x02: termsLength 3 ‖ abi.encode(Terms) ‖ policyTableLength 2 ‖ policyTable] ‖
/// [part 0x04: position 1 ‖ count 1 ‖ (count - 1) × sessionHash 32 ‖ endedCount 1 ‖ ended];
/// ended = policyId 32 ‖ tableHash 32 ‖ epoch 4 ‖ scheme 1 ‖ publicKey (64 or 20).
library GrantLib {
    using Calldata for uint256;

    uint256 private constant OWNER = 1;
    uint256 private constant TERMS = 2;
    uint256 private constant BATCH = 4;

    /// @dev Parses the grant at `cursor`. `sizes` are whatever the bytes say; a grant that ends behind the bundle makes the
    /// whole bundle malformed.
    function parse(uint256 cursor) internal pure returns (Grant memory grant) {
        unchecked {
            uint256 head = cursor.load();
            grant.validAfter = head >> 216;
            grant.validUntil = uint40(head >> 176);
            grant.grantDeadline = uint40(head >> 136);
            uint256 parts = uint8(head >> 128);
            grant.signatureSize = uint16(head >> 112);
            grant.signature = cursor + 18;
            cursor = grant.signature + grant.signatureSize;
            if (parts & OWNER != 0) {
                grant.ownerSize = cursor.loadNumber(2);
                grant.owner = cursor + 2;
                cursor = grant.owner + grant.ownerSize;
            }
            if (parts & TERMS != 0) {
                grant.termsSize = cursor.loadNumber(3);
                grant.terms = cursor + 3;
                cursor = grant.terms + grant.termsSize;
                grant.policyTableSize = cursor.loadNumber(2);
                grant.policyTable = cursor + 2;
                cursor = grant.policyTable + grant.policyTableSize;
            }
            if (parts & BATCH != 0) {
                grant.batch = cursor;
                cursor = _skipBatch(cursor);
            }
            grant.end = cursor;
        }
    }

    /// @dev Whether the batch at `cursor` has a place for the session itself. Otherwise the session would be granted by a
    /// signature over others.
    function isInBatch(uint256 cursor) internal pure returns (bool) {
        unchecked {
            return cursor.loadNumber(1) < (cursor + 1).loadNumber(1);
        }
    }

    /// @dev Hash of `Sessions` with `sessionHash` among the others, and the ids of the sessions that it ends.
    /// @param account Of the session; those that end are of the same account.
    function readBatch(uint256 cursor, address account, bytes32 sessionHash)
        internal
        pure
        returns (bytes32[] memory sessionHashes, bytes32[] memory ended)
    {
        unchecked {
            uint256 position = cursor.loadNumber(1);
            sessionHashes = new bytes32[]((cursor + 1).loadNumber(1));
            cursor += 2;
            for (uint256 i; i < sessionHashes.length; ++i) {
                if (i == position) {
                    sessionHashes[i] = sessionHash;
                } else {
                    sessionHashes[i] = bytes32(cursor.load());
                    cursor += 32;
                }
            }
            ended = new bytes32[](cursor.loadNumber(1));
            ++cursor;
            for (uint256 i; i < ended.length; ++i) {
                (ended[i], cursor) = _readEnded(cursor, account);
            }
        }
    }

    function _readEnded(uint256 cursor, address account) private pure returns (bytes32 sessionId, uint256 next) {
        unchecked {
            uint256 scheme = (cursor + 68).loadNumber(1);
            next = cursor + 69 + keySize(scheme);
            sessionId = keccak256(
                abi.encodePacked(
                    cursor.slice(64),
                    account,
                    uint8(scheme),
                    uint32((cursor + 64).loadNumber(4)),
                    (cursor + 69).slice(keySize(scheme))
                )
            );
        }
    }

    function _skipBatch(uint256 cursor) private pure returns (uint256) {
        unchecked {
            (uint256 position, uint256 count) = (cursor.loadNumber(1), (cursor + 1).loadNumber(1));
            cursor += 2 + 32 * (position < count ? count - 1 : count);
            uint256 ended = cursor.loadNumber(1);
            for (++cursor; ended != 0; --ended) {
                cursor += 69 + keySize((cursor + 68).loadNumber(1));
            }
            return cursor;
        }
    }

    /// @return size Bytes of a public key; 0 for a scheme that does not exist.
    function keySize(uint256 scheme) internal pure returns (uint256 size) {
        bytes3 sizes = hex"001440";
        assembly ("memory-safe") {
            size := byte(scheme, sizes)
        }
    }
}
