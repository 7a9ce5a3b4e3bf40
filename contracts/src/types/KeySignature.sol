// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {Calldata} from "./Calldata.sol";
import {Key, SCHEME_P256, SCHEME_SECP256K1} from "./Session.sol";

/// @notice Session keys and their signatures: always 64 bytes, `s` always low, so an intent has one valid signature.
library KeySignature {
    using Calldata for uint256;

    /// @notice Wrong length for the scheme, unknown scheme, the zero address, or a point that is not on the curve.
    error InvalidKey(uint8 scheme, bytes publicKey);

    /// @dev Half of the order of P-256; `s` above it is refused.
    uint256 private constant P256_HALF_N = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8;

    function requireValidKey(Key calldata key) internal pure {
        uint256 position;
        bytes calldata publicKey = key.publicKey;
        assembly ("memory-safe") {
            position := publicKey.offset
        }
        bool valid = publicKey.length == (key.scheme == SCHEME_P256 ? 64 : 20) && isValidKey(key.scheme, position);
        require(valid, InvalidKey(key.scheme, publicKey));
    }

    /// @dev Whether the key of a scheme at a position in call data is a point on the curve, or an address that can sign.
    function isValidKey(uint256 scheme, uint256 position) internal pure returns (bool) {
        unchecked {
            if (scheme == SCHEME_P256) {
                return P256.isValidPublicKey(bytes32(position.load()), bytes32((position + 32).load()));
            }
            return scheme == SCHEME_SECP256K1 && position.load() >> 96 != 0;
        }
    }

    /// @dev For a key in a form that need not have been checked before.
    function isValid(Key calldata key, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        requireValidKey(key);
        if (signature.length != 64) return false;
        (bytes32 r, bytes32 s) = (bytes32(signature[:32]), bytes32(signature[32:]));
        if (key.scheme == SCHEME_SECP256K1) return isValidSecp256k1(digest, r, s, address(bytes20(key.publicKey)));
        return isValidP256(digest, r, s, bytes32(key.publicKey[:32]), bytes32(key.publicKey[32:]));
    }

    /// @param vs EIP-2098: parity of y in the highest bit, then `s`.
    /// @param signer Never zero.
    function isValidSecp256k1(bytes32 digest, bytes32 r, bytes32 vs, address signer) internal pure returns (bool) {
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecover(digest, r, vs);
        return failure == ECDSA.RecoverError.NoError && recovered == signer;
    }

    /// @dev WebCrypto hashes what it signs, so the signed message is `sha256(digest)`.
    function isValidP256(bytes32 digest, bytes32 r, bytes32 s, bytes32 x, bytes32 y) internal view returns (bool) {
        return P256.verify(sha256(abi.encodePacked(digest)), r, s, x, y);
    }

    /// @dev Asks P256VERIFY (EIP-7951) directly, which saves 1 % of a move over `isValidP256`: the key was checked when the
    /// session was granted. Only a yes is an answer; after anything else ask `isValidP256`, which finds out whether the
    /// precompile exists at all. Plain: `isValidP256(digest, r, s, x, y)`.
    /// @param buffer Memory for 160 bytes.
    /// @param signature Position of `r ‖ s` in call data.
    /// @param publicKey Position of `x ‖ y` in memory.
    function isAcceptedByPrecompile(uint256 buffer, bytes32 digest, uint256 signature, uint256 publicKey)
        internal
        view
        returns (bool accepted)
    {
        assembly ("memory-safe") {
            mstore(buffer, digest)
            accepted := staticcall(gas(), 0x02, buffer, 0x20, buffer, 0x20)
            calldatacopy(add(buffer, 0x20), signature, 64)
            mcopy(add(buffer, 0x60), publicKey, 64)
            mstore(0x00, 0)
            accepted := and(accepted, staticcall(gas(), 0x100, buffer, 0xa0, 0x00, 0x20))
            // The answer must be read after the call, hence in a statement of its own.
            accepted := and(gt(accepted, gt(mload(add(buffer, 0x40)), P256_HALF_N)), eq(mload(0x00), 1))
        }
    }
}
