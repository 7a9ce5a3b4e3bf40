// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {PlayerAccount} from "../../src/PlayerAccount.sol";
import {OpenZeppelinAccount} from "../accounts/OpenZeppelinAccount.sol";
import {PlayerAccountTest} from "./PlayerAccountTest.sol";

contract SignersTest is PlayerAccountTest {
    bytes32 private constant DIGEST = keccak256("digest");

    /// Guarantee: only the account itself, through the EntryPoint or its own calls, changes its signers.
    function testFuzz_OnlyTheAccount(address caller) public {
        if (caller == address(account) || caller == ENTRY_POINT) return;
        if (caller == 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108) return;
        bytes memory reason = abi.encodeWithSelector(Account.AccountUnauthorized.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(reason);
        account.addSigner(second());
        vm.expectRevert(reason);
        account.removeSigner(owner());
        vm.stopPrank();
    }

    /// behavior: both EntryPoints and the account itself may.
    function test_EntryPointsAndSelf() public {
        address[3] memory callers = [ENTRY_POINT, 0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108, address(account)];
        for (uint256 i; i < 3; ++i) {
            vm.prank(callers[i]);
            account.addSigner(abi.encodePacked(vm.addr(100 + i)));
        }
        assertEq(account.getSigners().length, 4, "signers");
    }

    /// behavior: any signer signs alone; a removed one no longer.
    function test_AddAndRemove() public {
        bytes memory byOwner = signSecp256k1(OWNER_KEY, DIGEST);
        bytes memory bySecond = named(second(), signSecp256k1(SECOND_KEY, DIGEST));
        assertTrue(accepts(DIGEST, byOwner), "first owner, plain");
        assertTrue(accepts(DIGEST, named(owner(), byOwner)), "first owner, named");
        assertTrue(!accepts(DIGEST, bySecond), "not a signer yet");
        vm.expectEmit(false, false, false, true);
        emit IPlayerAccount.SignerAdded(second());
        addSigner(second());
        assertTrue(accepts(DIGEST, bySecond), "second");
        assertEq(account.getSigners().length, 2, "two");
        assertEq(account.getSigners()[0], owner(), "the first owner first");
        assertEq(account.getSigners()[1], second(), "then the second");

        removeSigner(owner());
        assertTrue(!account.isSigner(owner()), "no signer");
        assertTrue(!accepts(DIGEST, byOwner), "removed, plain");
        assertTrue(!accepts(DIGEST, named(owner(), byOwner)), "removed, named");
        assertEq(account.getSigners().length, 1, "one left");
        assertEq(account.getSigners()[0], second(), "the second");

        addSigner(owner());
        assertTrue(accepts(DIGEST, byOwner), "back");
        removeSigner(second());
        assertTrue(!accepts(DIGEST, bySecond), "second removed");
    }

    /// Guarantee: an account always keeps a signer.
    function test_LastSignerStays() public {
        vm.prank(ENTRY_POINT);
        vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.LastSigner.selector, owner()));
        account.removeSigner(owner());
        addSigner(second());
        removeSigner(owner());
        vm.prank(ENTRY_POINT);
        vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.LastSigner.selector, second()));
        account.removeSigner(second());
    }

    /// error: signers twice, unknown ones, and unusable ones.
    function test_Errors() public {
        vm.startPrank(ENTRY_POINT);
        vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.SignerAlreadyExists.selector, owner()));
        account.addSigner(owner());
        account.addSigner(second());
        vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.SignerAlreadyExists.selector, second()));
        account.addSigner(second());
        bytes memory unknown = abi.encodePacked(stranger);
        vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.UnknownSigner.selector, unknown));
        account.removeSigner(unknown);
        // Guarantee: nothing that would answer for everybody (precompiles), for nobody, or in a circle.
        bytes[5] memory unusable = [
            bytes(""),
            abi.encodePacked(address(0)),
            abi.encodePacked(address(4)),
            abi.encodePacked(address(account)),
            abi.encodePacked(stranger, uint256(1))
        ];
        for (uint256 i; i < unusable.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.InvalidSigner.selector, unusable[i]));
            account.addSigner(unusable[i]);
        }
        vm.stopPrank();
    }

    /// behavior: contracts (ERC-1271) and keys behind a verifier (ERC-7913) sign, as first owner and as further signer.
    function test_ContractsAndVerifiers() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        bytes memory passkey = abi.encodePacked(address(new ERC7913P256Verifier()), x, y);
        (bytes32 r, bytes32 s) = vm.signP256(7, DIGEST);
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
        bytes memory signature = abi.encodePacked(r, s);
        addSigner(passkey);
        assertTrue(accepts(DIGEST, named(passkey, signature)), "further signer");
        assertTrue(!accepts(DIGEST, named(passkey, flip(signature, 0))), "forged");
        bytes memory contractSigner = abi.encodePacked(address(new YesMan()));
        addSigner(contractSigner);
        assertTrue(accepts(DIGEST, named(contractSigner, "")), "a contract may ask for no bytes at all");

        account = PlayerAccount(payable(factory.createAccount(passkey)));
        assertTrue(accepts(DIGEST, signature), "first owner");
        bytes memory contractOwner = abi.encodePacked(address(new YesMan()));
        account = PlayerAccount(payable(factory.createAccount(contractOwner)));
        assertTrue(accepts(DIGEST, "anything"), "contract");
    }

    /// Guarantee: a wallet that lends itself a contract's code (EIP-7702) still signs with its key, whatever that code says;
    /// and no other key signs for it.
    function test_WalletWithCode() public {
        vm.etch(vm.addr(OWNER_KEY), address(target).code);
        assertTrue(accepts(DIGEST, signSecp256k1(OWNER_KEY, DIGEST)), "its key");
        assertTrue(!accepts(DIGEST, signSecp256k1(SECOND_KEY, DIGEST)), "another key");
    }

    /// Guarantee: no bytes whatsoever are accepted by chance, and none make the check revert.
    function testFuzz_GarbageIsRefused(bytes32 digest, bytes calldata garbage) public {
        assertTrue(!accepts(digest, garbage), "garbage");
        assertEq(account.isValidSignature(digest, garbage), bytes4(0xffffffff), "garbage, nested");
        bytes memory truncated = slice(owner(), 0, garbage.length % 20);
        assertTrue(!accepts(digest, bytes.concat(bytes2(uint16(20)), truncated)), "truncated signer");
    }

    /// Guarantee: a signer's length of 65,534 or 65,535 is refused as well, not added up beyond its type.
    function test_LongestSignerLength() public {
        assertTrue(!accepts(DIGEST, hex"ffff"), "65,535");
        assertTrue(!accepts(DIGEST, hex"fffe"), "65,534");
        assertTrue(!accepts(DIGEST, bytes.concat(hex"ffff", new bytes(65_535))), "as long as it says");
    }

    /// Guarantee: for everybody but SessionManager signatures are nested (ERC-7739): what an owner signs for one of
    /// their accounts, or plainly, is worth nothing for another.
    function test_OthersGetNestedSignaturesOnly() public {
        bytes memory plain = signSecp256k1(OWNER_KEY, DIGEST);
        assertEq(account.isValidSignature(DIGEST, plain), bytes4(0xffffffff), "plain");

        bytes memory personal = signSecp256k1(OWNER_KEY, _personal(account));
        assertEq(account.isValidSignature(DIGEST, personal), bytes4(0x1626ba7e), "nested");
        addSigner(second());
        bytes memory bySecond = named(second(), signSecp256k1(SECOND_KEY, _personal(account)));
        assertEq(account.isValidSignature(DIGEST, bySecond), bytes4(0x1626ba7e), "nested, by the second");

        PlayerAccount other = PlayerAccount(payable(factory.createAccount(second())));
        bytes memory forOther = signSecp256k1(SECOND_KEY, _personal(account));
        assertEq(other.isValidSignature(DIGEST, forOther), bytes4(0xffffffff), "another account");
    }

    function _personal(PlayerAccount whose) private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = whose.eip712Domain();
        assertEq(verifier, address(whose), "domain");
        bytes32 separator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                verifier
            )
        );
        bytes32 personal = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), DIGEST));
        return keccak256(abi.encodePacked(hex"1901", separator, personal));
    }

    /// Guarantee: the implementation behind all accounts is nobody's: no signature, no owner.
    function testFuzz_ImplementationIsLocked(bytes calldata signature) public {
        account = PlayerAccount(payable(factory.IMPLEMENTATION()));
        assertEq(account.initialOwner(), "", "no owner");
        assertTrue(!accepts(DIGEST, signature), "signature");
        assertTrue(!accepts(DIGEST, hex"0000"), "empty signer");
        assertEq(account.isValidSignature(DIGEST, signature), bytes4(0xffffffff), "nested");
    }
}

/// @notice A contract wallet that signs everything.
contract YesMan {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0x1626ba7e;
    }
}
