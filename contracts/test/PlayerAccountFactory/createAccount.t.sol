// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {IPlayerAccountFactory} from "../../src/interfaces/IPlayerAccountFactory.sol";
import {Playground} from "../Playground.sol";

contract CreateAccountTest is Playground {
    /// behavior: the account is where it was foretold, belongs to the owner, and has the module from birth.
    function testFuzz_CreatesTheForetoldAccount(address owner, address anyone) public {
        owner = address(uint160(bound(uint160(owner), 0x10000, type(uint160).max)));
        bytes memory signer = abi.encodePacked(owner);
        address foretold = factory.getAddress(signer);
        vm.prank(anyone);
        address account = factory.createAccount(signer);
        assertEq(account, foretold, "address");
        assertEq(IPlayerAccount(account).initialOwner(), signer, "owner");
        assertTrue(IPlayerAccount(account).isSigner(signer), "signer");
        assertEq(IPlayerAccount(account).getSigners().length, 1, "only signer");
        (uint32 epoch, bool installed) = IPlayerAccount(account).sessionEpoch();
        assertTrue(installed && epoch == 0, "module installed");
    }

    /// Guarantee: whoever creates the account first creates the very same; a second time changes nothing.
    function test_IsIdempotent() public {
        bytes memory owner = abi.encodePacked(vm.addr(OWNER));
        address account = factory.createAccount(owner);
        vm.deal(account, 1 ether);
        bytes32 code = account.codehash;
        vm.prank(stranger);
        assertEq(factory.createAccount(owner), account, "same");
        assertEq(account.codehash, code, "same code");
    }

    uint256 private constant OWNER = 0xa11ce;

    /// Guarantee: no account that nobody, or everybody, controls: owners are 20 to 256 bytes, no precompile,
    /// and their verifier exists.
    function test_InvalidOwners() public {
        bytes[7] memory owners = [
            bytes(""),
            new bytes(19),
            abi.encodePacked(address(0)),
            abi.encodePacked(address(4)),
            abi.encodePacked(address(0xffff)),
            abi.encodePacked(stranger, uint256(1)),
            bytes.concat(abi.encodePacked(address(target)), new bytes(237))
        ];
        for (uint256 i; i < owners.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPlayerAccount.InvalidSigner.selector, owners[i]));
            factory.createAccount(owners[i]);
        }
        factory.createAccount(bytes.concat(abi.encodePacked(address(target)), new bytes(236)));
    }

    /// Guarantee: different owners have different accounts.
    function testFuzz_OwnersDoNotShare(address first, address second) public view {
        if (first == second) return;
        assertTrue(
            factory.getAddress(abi.encodePacked(first)) != factory.getAddress(abi.encodePacked(second)), "shared"
        );
    }

    /// Guarantee: creating an account writes no storage (it is born with all flags inverted), so it is cheap in a bundle.
    function test_CreatingIsCheap() public {
        bytes memory owner = abi.encodePacked(vm.addr(OWNER));
        uint256 before = gasleft();
        factory.createAccount(owner);
        assertLe(before - gasleft(), 60_000, "gas");
    }
}
