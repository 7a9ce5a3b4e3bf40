// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice ERC-7913 signers: a 20-byte address (wallet or contract), or verifier ‖ key.
library Signer {
    uint256 private constant MAX_LENGTH = 256;

    /// @dev Whether `signer` can control an account: no precompile (the identity precompile would answer any ERC-1271
    /// question with yes) and, where a verifier is named, one that exists.
    function isUsable(bytes calldata signer) internal view returns (bool) {
        if (signer.length < 20 || signer.length > MAX_LENGTH) return false;
        address first = address(bytes20(signer));
        return uint160(first) > type(uint16).max && (signer.length == 20 || first.code.length != 0);
    }
}
