// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeySignature} from "../../src/types/KeySignature.sol";
import {Key} from "../../src/types/Session.sol";
import {Player, Playground} from "../Playground.sol";

/// @notice Signatures of session keys: the same answers whether the chain has P256VERIFY (EIP-7951) or not.
abstract contract KeySignatureTest is Playground {
    function isValid(Key calldata key, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return KeySignature.isValid(key, digest, signature);
    }

    function hasPrecompile() internal view returns (bool) {
        // From Wycheproof: a valid signature over sha256("123400").
        (, bytes memory answer) = address(0x100)
            .staticcall(
                abi.encode(
                    0xbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023,
                    5,
                    1,
                    0xa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac957,
                    0x5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b
                )
            );
        return answer.length == 32;
    }

    /// Guarantee: whatever a key signs is accepted, and nothing else.
    function testFuzz_Signatures(uint8 scheme, uint256 privateKey, bytes32 digest, uint256 bit) public view {
        scheme = 1 + scheme % 2;
        privateKey = bound(privateKey, 1, (scheme == P256 ? P256_N : SECP256K1_N) - 1);
        Key memory key = makeKey(scheme, privateKey);
        bytes memory signature = signAsKey(scheme, privateKey, digest);
        assertTrue(this.isValid(key, digest, signature), "valid");

        bytes memory forged = bytes.concat(signature);
        forged[(bit / 8) % 64] ^= bytes1(uint8(1 << (bit % 8)));
        assertTrue(!this.isValid(key, digest, forged), "signature");
        assertTrue(!this.isValid(key, digest ^ bytes32(1 << (bit % 256)), signature), "digest");
        Key memory other = makeKey(scheme, privateKey == 1 ? 2 : privateKey - 1);
        assertTrue(!this.isValid(other, digest, signature), "key");
    }

    /// Guarantee: only the lower of the two possible `s` is accepted, on the curve's own order.
    function testFuzz_HighS(uint256 privateKey, bytes32 digest) public view {
        privateKey = bound(privateKey, 1, P256_N - 1);
        Key memory key = makeKey(P256, privateKey);
        bytes memory low = signAsKey(P256, privateKey, digest);
        uint256 s = uint256(bytes32(slice(low, 32, 64)));
        bytes memory high = abi.encodePacked(bytes32(low), P256_N - s);
        assertTrue(this.isValid(key, digest, low), "low");
        assertTrue(!this.isValid(key, digest, high), "high");
    }

    /// Guarantee: parts out of range are refused, in every combination.
    function test_OutOfRange() public view {
        for (uint8 scheme = SECP256K1; scheme <= P256; ++scheme) {
            uint256 order = scheme == P256 ? P256_N : SECP256K1_N;
            uint256[6] memory parts = [uint256(0), 1, order - 1, order, order + 1, type(uint256).max];
            Key memory key = makeKey(scheme, 7);
            for (uint256 i; i < 6; ++i) {
                for (uint256 j; j < 6; ++j) {
                    bytes memory signature = abi.encodePacked(parts[i], parts[j]);
                    assertTrue(!this.isValid(key, keccak256("digest"), signature), "out of range");
                }
            }
        }
    }

    /// Guarantee: a signature has 64 bytes, no other form is understood.
    function testFuzz_Length(uint8 length, uint8 scheme) public view {
        scheme = 1 + scheme % 2;
        bytes memory signature = bytes.concat(signAsKey(scheme, 7, keccak256("digest")), new bytes(192));
        bytes memory cut = slice(signature, 0, length);
        assertTrue(this.isValid(makeKey(scheme, 7), keccak256("digest"), cut) == (length == 64), "length");
    }

    /// Guarantee: a key of one scheme is no key of the other.
    function test_SchemesAreSeparate() public view {
        bytes32 digest = keccak256("digest");
        bytes memory p256 = signAsKey(P256, 7, digest);
        bytes memory k1 = signAsKey(SECP256K1, 7, digest);
        assertTrue(!this.isValid(makeKey(P256, 7), digest, k1), "P-256 key");
        assertTrue(!this.isValid(makeKey(SECP256K1, 7), digest, p256), "secp256k1 key");
        // A P-256 signature over the digest itself, not over its hash, is not what WebCrypto makes.
        (bytes32 r, bytes32 s) = vm.signP256(7, digest);
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
        assertTrue(!this.isValid(makeKey(P256, 7), digest, abi.encodePacked(r, s)), "unhashed");
    }

    /// behavior: a whole bundle works with either.
    function test_Bundle() public {
        Player memory player = makeActivePlayer(1);
        assertSuccess(run(player, hit(1)), "move");
    }
}

contract KeySignatureWithPrecompileTest is KeySignatureTest {
    /// behavior: this suite runs with P256VERIFY.
    function test_HasPrecompile() public view {
        assertTrue(hasPrecompile(), "precompile");
    }
}

/// forge-config: default.evm_version = "prague"
contract KeySignatureWithoutPrecompileTest is KeySignatureTest {
    /// behavior: this suite runs without P256VERIFY, on OpenZeppelin's Solidity code.
    function test_HasNoPrecompile() public view {
        assertTrue(!hasPrecompile(), "no precompile");
    }
}
