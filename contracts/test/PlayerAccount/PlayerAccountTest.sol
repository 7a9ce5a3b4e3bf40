// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PlayerAccount} from "../../src/PlayerAccount.sol";
import {Playground} from "../Playground.sol";

/// @notice A PlayerAccount of a wallet.
abstract contract PlayerAccountTest is Playground {
    uint256 internal constant OWNER_KEY = 0xa11ce;
    uint256 internal constant SECOND_KEY = 0xb0b;

    PlayerAccount internal account;

    function setUp() public virtual override {
        super.setUp();
        account = PlayerAccount(payable(factory.createAccount(owner())));
    }

    function owner() internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(OWNER_KEY));
    }

    function second() internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(SECOND_KEY));
    }

    function addSigner(bytes memory signer) internal {
        vm.prank(ENTRY_POINT);
        account.addSigner(signer);
    }

    function removeSigner(bytes memory signer) internal {
        vm.prank(ENTRY_POINT);
        account.removeSigner(signer);
    }

    /// @dev Whether the account accepts the signature as SessionManager asks: over the plain digest.
    function accepts(bytes32 digest, bytes memory signature) internal returns (bool) {
        vm.prank(address(manager));
        return account.isValidSignature(digest, signature) == 0x1626ba7e;
    }

    /// @dev length ‖ signer ‖ signature.
    function named(bytes memory signer, bytes memory signature) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(signer.length), signer, signature);
    }
}
