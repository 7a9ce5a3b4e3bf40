// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITermsCompiler} from "../../src/interfaces/ITermsCompiler.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Base} from "../Base.sol";

/// @notice A compiler, and terms to begin with.
abstract contract TermsCompilerTest is Base {
    bytes4 internal constant INVALID_SIGNATURE = bytes4(keccak256("InvalidFunctionSignature(string)"));

    address internal constant GAME = address(0x6A3E000);
    address internal constant COIN = address(0xC0100000);

    ITermsCompiler internal compiler;

    function setUp() public virtual {
        compiler = ITermsCompiler(vm.deployCode("TermsCompiler.sol:TermsCompiler"));
    }

    // ── Terms ─────────────────────────────────────────────────────────────────

    function permissionOf(string memory signature) internal pure returns (Permission memory permission) {
        permission.to = GAME;
        permission.signature = signature;
        permission.maxCalls = 10;
    }

    function rulesOf(string memory rule) internal pure returns (string[] memory rules) {
        rules = new string[](1);
        rules[0] = rule;
    }

    function termsOf(Permission memory permission) internal pure returns (Terms memory terms) {
        terms.permissions = new Permission[](1);
        terms.permissions[0] = permission;
    }

    function termsWithRule(string memory signature, string memory rule) internal pure returns (Terms memory terms) {
        terms = termsOf(permissionOf(signature));
        terms.permissions[0].rules = rulesOf(rule);
    }

    function spendLimitOf(address token) internal pure returns (SpendLimit memory) {
        return SpendLimit(token, 1000, 0, 0);
    }

    // ── What is compiled ──────────────────────────────────────────────────────

    function tableOf(Terms memory terms) internal view returns (bytes memory table) {
        (table,) = compiler.compile(terms);
    }

    /// @dev The rule of terms with one permission without value and period, and one rule: behind 1 + 29 + 1 bytes.
    function ruleOf(string memory signature, string memory rule) internal view returns (bytes memory) {
        bytes memory table = tableOf(termsWithRule(signature, rule));
        assertEq(uint8(table[0]), 1, "counts");
        assertEq(uint8(table[1]), 4, "flags");
        assertEq(uint8(table[30]), 1, "rules");
        return slice(table, 31, table.length);
    }

    function slice(bytes memory data, uint256 from, uint256 to) internal pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i; i < part.length; ++i) {
            part[i] = data[from + i];
        }
    }

    /// @dev `text` with the character at `at` replaced (0), taken out (1), or one put in before it (2).
    function _mutate(bytes memory text, uint256 at, uint256 kind, bytes1 character)
        internal
        pure
        returns (bytes memory)
    {
        at %= text.length;
        bytes memory put = kind == 1 ? bytes("") : abi.encodePacked(character);
        return bytes.concat(slice(text, 0, at), put, slice(text, kind == 2 ? at : at + 1, text.length));
    }

    // ── What is refused ───────────────────────────────────────────────────────

    function expectRefused(Terms memory terms, bytes memory reason) internal {
        vm.expectRevert(reason);
        compiler.compile(terms);
    }

    /// @dev Selector of the error that `terms` end with; zero if they are accepted.
    function reasonOf(Terms memory terms) internal view returns (bytes4 reason) {
        try compiler.compile(terms) {}
        catch (bytes memory data) {
            assertTrue(data.length >= 4, "a custom error");
            reason = bytes4(data);
        }
    }

    function assertInvalidRule(string memory signature, string memory rule) internal view {
        bytes4 reason = reasonOf(termsWithRule(signature, rule));
        if (reason != ITermsCompiler.InvalidRule.selector) revert AssertionFailed(string.concat("invalid: ", rule));
    }

    function assertUnsupportedRule(string memory signature, string memory rule) internal view {
        bytes4 reason = reasonOf(termsWithRule(signature, rule));
        if (reason != ITermsCompiler.UnsupportedRule.selector) {
            revert AssertionFailed(string.concat("unsupported: ", rule));
        }
    }
}
