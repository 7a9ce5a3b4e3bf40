// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Function signatures as a wallet shows them, and their selectors.
/// @dev The selector is always derived from the string that the owner signed, so the two cannot disagree. The alphabet
/// leaves no room for spaces, control characters or look-alikes from other scripts.
library FunctionSignature {
    /// @notice The string is not `name(types)` in canonical form.
    error InvalidFunctionSignature(string signature);

    uint256 internal constant MAX_LENGTH = 128;

    /// @dev `[A-Za-z0-9_$]`, one bit per ASCII code.
    uint256 private constant NAME_CHARACTERS = 0x7fffffe87fffffe03ff001000000000;
    /// @dev `[a-z0-9,()[\]]`, one bit per ASCII code.
    uint256 private constant TYPE_CHARACTERS = 0x7fffffe2800000003ff130000000000;

    /// @return First four bytes of the hash of `signature`.
    function selector(string memory signature) internal pure returns (bytes4) {
        require(_isCanonical(bytes(signature)), InvalidFunctionSignature(signature));
        return bytes4(keccak256(bytes(signature)));
    }

    /// @dev A name that does not start with a digit, then one balanced pair of parentheses that ends the string.
    function _isCanonical(bytes memory text) private pure returns (bool) {
        if (text.length < 3 || text.length > MAX_LENGTH) return false;
        if (text[0] == "(" || (text[0] >= "0" && text[0] <= "9")) return false;
        uint256 depth;
        for (uint256 i; i < text.length; ++i) {
            bytes1 character = text[i];
            uint256 allowed = depth == 0 && character != "(" ? NAME_CHARACTERS : TYPE_CHARACTERS;
            if ((allowed >> uint8(character)) & 1 == 0) return false;
            if (character == "(") ++depth;
            // The outermost pair may only close at the very end.
            if (character == ")" && --depth == 0) return i == text.length - 1;
        }
        return false;
    }
}
