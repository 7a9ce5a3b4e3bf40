// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {P256 as OpenZeppelinP256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

import {KeySignature} from "../../src/types/KeySignature.sol";
import {Key, SCHEME_P256} from "../../src/types/Session.sol";
import {Base} from "../Base.sol";

interface VmJson {
    function parseJsonBytes(string calldata json, string calldata path) external pure returns (bytes memory);
    function parseJsonTypeArray(string calldata json, string calldata path, string calldata structType)
        external
        pure
        returns (bytes memory);
}

struct Named {
    string comment;
    bytes value;
}

/// @notice What P256VERIFY takes. `message` is a digest or, where a vector says so, already its hash.
struct Vector {
    bytes32 message;
    bytes32 r;
    bytes32 s;
    bytes32 x;
    bytes32 y;
}

/// @notice P-256 at its edges, by vectors that scripts/gen-p256-edge-cases.ts made in the classes of Project Wycheproof's.
/// "Valid" is what ECDSA says, which takes either `s`; Playkey takes the lower.
abstract contract P256EdgeCasesTest is Base {
    uint256 private constant N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    VmJson private constant JSON = VmJson(address(vm));

    function hasPrecompile() internal pure virtual returns (bool);

    // ── The functions under test, each in a frame of its own ──────────────────

    function isValid(Key calldata key, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return KeySignature.isValid(key, digest, signature);
    }

    function isValidP256(Vector calldata vector) external view returns (bool) {
        return KeySignature.isValidP256(vector.message, vector.r, vector.s, vector.x, vector.y);
    }

    /// @param signature `r ‖ s`, as a bundle has it.
    /// @param publicKey `x ‖ y`, as it was copied for the session id.
    function isAcceptedByPrecompile(bytes32 digest, bytes calldata signature, bytes memory publicKey)
        external
        view
        returns (bool)
    {
        bytes memory memoryForIt = new bytes(160);
        uint256 buffer;
        uint256 signatureAt;
        uint256 publicKeyAt;
        assembly ("memory-safe") {
            buffer := add(memoryForIt, 0x20)
            signatureAt := signature.offset
            publicKeyAt := add(publicKey, 0x20)
        }
        return KeySignature.isAcceptedByPrecompile(buffer, digest, signatureAt, publicKeyAt);
    }

    /// @dev What `isValidP256` asks, about a hash.
    function verify(Vector calldata vector) external view returns (bool) {
        return OpenZeppelinP256.verify(vector.message, vector.r, vector.s, vector.x, vector.y);
    }

    // ── Digests: every way of asking ──────────────────────────────────────────

    /// Guarantee: what ECDSA accepts is accepted with the lower `s`, never with the higher.
    function test_ValidOverDigest() public view {
        Named[] memory list = read(".digests.valid");
        for (uint256 i; i < list.length; ++i) {
            (Vector memory low, Vector memory high) = forms(list[i].value);
            assertAnswers(low, true, list[i].comment);
            assertAnswers(high, false, list[i].comment);
        }
    }

    /// Guarantee: what ECDSA refuses is refused, with either `s`.
    function test_InvalidOverDigest() public view {
        Named[] memory list = read(".digests.invalid");
        for (uint256 i; i < list.length; ++i) {
            (Vector memory low, Vector memory high) = forms(list[i].value);
            assertAnswers(low, false, list[i].comment);
            assertAnswers(high, false, list[i].comment);
        }
    }

    /// behavior: the hash of a digest is never taken for the digest itself.
    function test_HashIsNoDigest() public view {
        Named[] memory list = read(".digests.valid");
        for (uint256 i; i < list.length; ++i) {
            (Vector memory vector,) = forms(list[i].value);
            vector.message = sha256(abi.encode(vector.message));
            assertTrue(this.verify(vector), list[i].comment);
            assertAnswers(vector, false, list[i].comment);
        }
    }

    // ── Hashes: edges that no digest is known to reach ────────────────────────

    /// Guarantee: the same of the verifier that `isValidP256` asks, for hashes and keys at their extremes.
    function test_ValidOverHash() public view {
        Named[] memory list = read(".hashes.valid");
        for (uint256 i; i < list.length; ++i) {
            (Vector memory low, Vector memory high) = forms(list[i].value);
            assertTrue(this.verify(low), list[i].comment);
            assertTrue(!this.verify(high), list[i].comment);
        }
    }

    /// Guarantee: the same, for what ECDSA refuses.
    function test_InvalidOverHash() public view {
        Named[] memory list = read(".hashes.invalid");
        for (uint256 i; i < list.length; ++i) {
            (Vector memory low, Vector memory high) = forms(list[i].value);
            assertTrue(!this.verify(low), list[i].comment);
            assertTrue(!this.verify(high), list[i].comment);
        }
    }

    // ── Encodings ─────────────────────────────────────────────────────────────

    /// error: bytes that are no point of the curve in its one encoding.
    function test_WrongKeys() public {
        Named[] memory list = read(".keys");
        (Vector memory vector,) = forms(JSON.parseJsonBytes(fixture(), ".small"));
        bytes memory signature = abi.encodePacked(vector.r, vector.s);
        for (uint256 i; i < list.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(KeySignature.InvalidKey.selector, SCHEME_P256, list[i].value));
            this.isValid(Key(SCHEME_P256, list[i].value), vector.message, signature);
            if (list[i].value.length != 64) continue;
            (vector.x, vector.y) = abi.decode(list[i].value, (bytes32, bytes32));
            assertTrue(!this.isValidP256(vector), list[i].comment);
            assertTrue(!this.isAcceptedByPrecompile(vector.message, signature, list[i].value), list[i].comment);
        }
    }

    /// Guarantee: no other encoding of a valid signature is understood.
    function test_WrongSizes() public view {
        Named[] memory list = read(".sizes");
        (Vector memory vector,) = forms(JSON.parseJsonBytes(fixture(), ".small"));
        assertAnswers(vector, true, "64 bytes");
        Key memory key = Key(SCHEME_P256, abi.encodePacked(vector.x, vector.y));
        for (uint256 i; i < list.length; ++i) {
            assertTrue(!this.isValid(key, vector.message, list[i].value), list[i].comment);
        }
    }

    // ── The precompile itself ─────────────────────────────────────────────────

    /// behavior: P256VERIFY, if there is one, is ECDSA: either `s`, so refusing the higher is up to the contract.
    function test_Precompile() public view {
        string[4] memory paths = [".digests.valid", ".digests.invalid", ".hashes.valid", ".hashes.invalid"];
        for (uint256 path; path < 4; ++path) {
            bool valid = path % 2 == 0 && hasPrecompile();
            Named[] memory list = read(paths[path]);
            for (uint256 i; i < list.length; ++i) {
                (Vector memory low, Vector memory high) = forms(list[i].value);
                if (path < 2) low.message = high.message = sha256(abi.encode(low.message));
                assertTrue(askPrecompile(low) == valid, list[i].comment);
                assertTrue(askPrecompile(high) == valid, list[i].comment);
            }
        }
    }

    // ── Helpers ───────────────────────────────────────────────────────────────

    function fixture() private view returns (string memory) {
        return vm.readFile("test/fixtures/p256-edge-cases.json");
    }

    function read(string memory path) private view returns (Named[] memory list) {
        bytes memory encoded = JSON.parseJsonTypeArray(fixture(), path, "Named(string comment,bytes value)");
        list = abi.decode(encoded, (Named[]));
        assertTrue(list.length > 0, path);
    }

    /// @dev A signature with each of its two `s`; out of range `s` stays what it is.
    function forms(bytes memory encoded) private pure returns (Vector memory low, Vector memory high) {
        low = abi.decode(encoded, (Vector));
        high = abi.decode(encoded, (Vector));
        uint256 s = uint256(low.s);
        if (s == 0 || s >= N) return (low, high);
        (Vector memory changed, bytes32 other) = (s > N / 2 ? low : high, bytes32(N - s));
        changed.s = other;
    }

    function assertAnswers(Vector memory vector, bool valid, string memory comment) private view {
        bytes memory signature = abi.encodePacked(vector.r, vector.s);
        bytes memory publicKey = abi.encodePacked(vector.x, vector.y);
        assertTrue(this.isValidP256(vector) == valid, comment);
        assertTrue(this.isValid(Key(SCHEME_P256, publicKey), vector.message, signature) == valid, comment);
        bool accepted = this.isAcceptedByPrecompile(vector.message, signature, publicKey);
        assertTrue(accepted == (valid && hasPrecompile()), comment);
    }

    function askPrecompile(Vector memory vector) private view returns (bool) {
        (, bytes memory answer) = address(0x100).staticcall(abi.encode(vector));
        return answer.length == 32 && abi.decode(answer, (uint256)) == 1;
    }
}

/// forge-config: default.fs_permissions = [{ access = "read", path = "./test/fixtures" }]
contract P256EdgeCasesWithPrecompileTest is P256EdgeCasesTest {
    function hasPrecompile() internal pure override returns (bool) {
        return true;
    }
}

/// forge-config: default.fs_permissions = [{ access = "read", path = "./test/fixtures" }]
/// forge-config: default.evm_version = "prague"
contract P256EdgeCasesWithoutPrecompileTest is P256EdgeCasesTest {
    function hasPrecompile() internal pure override returns (bool) {
        return false;
    }
}
