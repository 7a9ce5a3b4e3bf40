// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_HOOK,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IPlayerAccount} from "./interfaces/IPlayerAccount.sol";
import {IPlayerAccountFactory} from "./interfaces/IPlayerAccountFactory.sol";
import {ITermsCompiler} from "./interfaces/ITermsCompiler.sol";
import {SessionRegistry} from "./SessionRegistry.sol";
import {Calldata} from "./types/Calldata.sol";
import {Frame} from "./types/Frame.sol";
import {Grant, GrantLib} from "./types/Grant.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {MAX_DURATION, SCHEME_SECP256K1} from "./types/Session.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";
import {TypedData} from "./types/TypedData.sol";

/// @title SessionGrants
/// @notice Part of SessionManager: how a grant in a bundle makes a session active.
/// @dev Nothing here reverts because of what a grant says, or what an account answers: each check returns the selector of
/// its error. All checks come first; the session's word is written last. Calls to accounts that are not PlayerAccounts are
/// `staticcall`s with bounded gas, and nothing of their answers is copied but a word.
///
/// A grant of a session that is active already with the same window changes nothing, and ends nothing.
abstract contract SessionGrants is SessionRegistry {
    using Calldata for uint256;

    // Gas for each question. It is bounded, so that no account can take a bundle's gas; and it must be there when the
    // question is asked, so that no relayer can have a grant refused by bringing too little.

    /// @dev For an account's signature: its owner can be a contract, or a passkey on a chain without precompile.
    uint256 private constant ANSWER_GAS = 500_000;
    /// @dev For whether an account has a module.
    uint256 private constant MODULE_GAS = 50_000;
    /// @dev For checking a session's own terms, and once more for comparing them with the policy's. Terms that need more
    /// are refused, whoever carries them.
    uint256 private constant COMPILE_GAS = 3_000_000;
    /// @dev For creating an account.
    uint256 private constant CREATE_GAS = 200_000;
    /// @dev For what follows a question.
    uint256 private constant REST_GAS = 50_000;

    /// @param item Position of the item: account 20 ‖ kind 1 ‖ epoch 4 ‖ publicKey.
    /// @return next Position behind the grant.
    function _tryGrant(uint256 item, uint256 scheme, uint256 keySize, bytes32 sessionId)
        internal
        returns (uint256 next)
    {
        unchecked {
            uint256 free = Frame.get(0x40);
            Grant memory grant = GrantLib.parse(item + Frame.IDENTITY_HEAD_SIZE + keySize);
            Frame.set(Frame.ITEM, item);
            bytes4 reason = _grant(grant, item, scheme, keySize, sessionId);
            if (reason != 0) emit GrantRejected(sessionId, reason);
            next = grant.end;
            // Nothing that was allocated for the grant is needed any more.
            Frame.set(0x40, free);
        }
    }

    /// @return Selector of the first error, or zero.
    function _grant(Grant memory grant, uint256 item, uint256 scheme, uint256 keySize, bytes32 sessionId)
        private
        returns (bytes4)
    {
        unchecked {
            SessionState state = _stateOf(sessionId).state;
            bool renewed = state.status() == SessionStateLib.STATUS_ACTIVE;
            if (state.status() == SessionStateLib.STATUS_REVOKED) return RevokedSession.selector;
            if (renewed) {
                if (grant.validAfter == state.validAfter() && grant.validUntil == state.validUntil()) return 0;
                // Otherwise an old signature of the owner could be replayed to shorten a renewed session.
                if (grant.validUntil <= state.validUntil()) return RenewalNotLater.selector;
                if (grant.validAfter != state.validAfter()) return RenewalMismatch.selector;
            } else if (!KeySignature.isValidKey(scheme, item + Frame.IDENTITY_HEAD_SIZE)) {
                return KeySignature.InvalidKey.selector;
            }

            bytes32 policyId = bytes32(Frame.get(Frame.POLICY_ID));
            bytes4 reason = _refusalOfWindow(grant, policyId, renewed);
            if (reason != 0) return reason;
            bytes32 termsHash;
            (termsHash, reason) = _termsOf(grant, policyId);
            if (reason != 0) return reason;

            bytes32 digest = _hashGrant(grant, item, scheme, keySize, policyId, termsHash);
            bytes32[] memory ended;
            if (grant.batch != 0) {
                if (!GrantLib.isInBatch(grant.batch)) return NotInBatch.selector;
                (digest, ended) = _readBatch(grant.batch, item, digest);
            }
            bool fast;
            (fast, reason) = _consent(grant, item, _hashTypedDataV4(digest));
            if (reason != 0) return reason;

            _stateOf(sessionId).state = state.activate(fast, grant.validAfter, grant.validUntil);
            _emitGranted(grant, item, scheme, sessionId, policyId);
            address account = address(uint160(item.load() >> 96));
            for (uint256 i; i < ended.length; ++i) {
                if (ended[i] != sessionId) _revoke(ended[i], account, account);
            }
            return 0;
        }
    }

    function _refusalOfWindow(Grant memory grant, bytes32 policyId, bool renewed) private view returns (bytes4) {
        unchecked {
            (uint256 validAfter, uint256 validUntil) = (grant.validAfter, grant.validUntil);
            if (validAfter >= validUntil || block.timestamp >= validUntil) return InvalidWindow.selector;
            uint256 maxDuration = MAX_DURATION;
            if (policyId != 0) {
                Policy storage policy = _policies[policyId];
                if (policy.owner == address(0)) return UnknownPolicy.selector;
                if (block.timestamp < policy.pausedUntil) return PolicyIsPaused.selector;
                maxDuration = policy.maxDuration;
            }
            // A renewal may last as long from now on as a new session would from its start.
            uint256 start = renewed && validAfter < block.timestamp ? block.timestamp : validAfter;
            if (validUntil - start > maxDuration) return DurationTooLong.selector;
            if (validUntil - validAfter > SessionStateLib.MAX_TOTAL_DURATION) return DurationTooLong.selector;
            if (block.timestamp >= grant.grantDeadline) return GrantExpired.selector;
            return 0;
        }
    }

    /// @dev What the session may do: its own terms, within the policy's if it has a policy; or the policy's. The table of
    /// the section, to which the session's id commits, must be what they come to.
    function _termsOf(Grant memory grant, bytes32 policyId) private view returns (bytes32 termsHash, bytes4 reason) {
        bytes32 tableHash = bytes32(Frame.get(Frame.TABLE_HASH));
        Policy storage policy = _policies[policyId];
        if (grant.termsSize == 0) {
            if (policyId == 0) return (0, TermsMissing.selector);
            return (policy.termsHash, policy.tableHash == tableHash ? bytes4(0) : TableMismatch.selector);
        }

        (bool accepted, bytes memory answer) =
            _askCompiler(bytes.concat(ITermsCompiler.compile.selector, grant.terms.slice(grant.termsSize)));
        if (!accepted) return (0, _reasonOf(answer));
        bytes memory table;
        (table, termsHash) = abi.decode(answer, (bytes, bytes32));
        if (keccak256(table) != tableHash) return (0, TableMismatch.selector);
        if (policyId == 0) return (termsHash, 0);

        bytes calldata policyTable = grant.policyTable.slice(grant.policyTableSize);
        if (keccak256(policyTable) != policy.tableHash) return (0, TableMismatch.selector);
        (accepted, answer) = _askCompiler(abi.encodeCall(ITermsCompiler.requireWithin, (table, policyTable)));
        return accepted ? (termsHash, bytes4(0)) : (bytes32(0), _reasonOf(answer));
    }

    function _askCompiler(bytes memory question) private view returns (bool accepted, bytes memory answer) {
        _requireGasFor(COMPILE_GAS);
        return address(TERMS_COMPILER).staticcall{gas: COMPILE_GAS}(question);
    }

    /// @dev Never zero: not even if the compiler had too little gas, or could not decode the terms.
    function _reasonOf(bytes memory failure) private pure returns (bytes4 reason) {
        reason = bytes4(failure);
        if (reason == 0) reason = TermsNotCompiled.selector;
    }

    /// @dev Struct hash of the session, as TypedData.hashSession makes it from its plain form.
    function _hashGrant(
        Grant memory grant,
        uint256 item,
        uint256 scheme,
        uint256 keySize,
        bytes32 policyId,
        bytes32 termsHash
    ) private pure returns (bytes32) {
        unchecked {
            bytes32 keyHash = keccak256(
                abi.encode(TypedData.KEY_TYPEHASH, scheme, keccak256((item + Frame.IDENTITY_HEAD_SIZE).slice(keySize)))
            );
            return keccak256(
                abi.encode(
                    TypedData.SESSION_TYPEHASH,
                    item.load() >> 96,
                    policyId,
                    keyHash,
                    grant.validAfter,
                    grant.validUntil,
                    uint32(item.load() >> 56),
                    grant.grantDeadline,
                    termsHash
                )
            );
        }
    }

    function _readBatch(uint256 cursor, uint256 item, bytes32 sessionHash)
        private
        pure
        returns (bytes32 batchHash, bytes32[] memory ended)
    {
        bytes32[] memory sessionHashes;
        (sessionHashes, ended) = GrantLib.readBatch(cursor, address(uint160(item.load() >> 96)), sessionHash);
        batchHash = TypedData.hashSessions(sessionHashes, ended);
    }

    /// @dev Creates the account if asked to, and checks that no target is the account or ours, epoch, installation, signature and,
    /// for accounts of others, that no target is one of their modules. (A PlayerAccount sees to that at each call.)
    /// @return fast Whether it is a PlayerAccount.
    function _consent(Grant memory grant, uint256 item, bytes32 digest) private returns (bool fast, bytes4 reason) {
        unchecked {
            uint256 head = item.load();
            address account = address(uint160(head >> 96));
            uint256 epoch = uint32(head >> 56);
            reason = _tryCreate(account, grant);
            if (reason != 0) return (false, reason);
            fast = _isPlayerAccount(account);
            for (uint256 i; i < Frame.get(Frame.ENTRY_COUNT); ++i) {
                address to = Frame.targetAt(i);
                if (to == account || _isOwnContract(to) || (!fast && _isModule(account, to))) {
                    return (fast, ITermsCompiler.ForbiddenTarget.selector);
                }
            }
            if (fast) {
                (uint256 current, bool installed) = IPlayerAccount(account).sessionEpoch();
                if (!installed) return (fast, ModuleNotInstalled.selector);
                if (current != epoch) return (fast, EpochMismatch.selector);
            } else {
                if (!_hasModule(account, MODULE_TYPE_EXECUTOR, address(this))) {
                    return (fast, ModuleNotInstalled.selector);
                }
                if (_epochs[account] != epoch) return (fast, EpochMismatch.selector);
            }
            if (msg.sender == account) return (fast, 0);
            bool signed = _isSignedBy(account, digest, grant.signature, grant.signatureSize);
            return (fast, signed ? bytes4(0) : InvalidOwnerSignature.selector);
        }
    }

    function _tryCreate(address account, Grant memory grant) private returns (bytes4) {
        if (account.code.length != 0) return 0;
        if (grant.ownerSize == 0) return AccountNotDeployed.selector;
        bytes calldata owner = grant.owner.slice(grant.ownerSize);
        _requireGasFor(CREATE_GAS);
        try IPlayerAccountFactory(FACTORY).createAccount(owner) returns (address created) {
            return created == account ? bytes4(0) : AccountMismatch.selector;
        } catch {
            return IPlayerAccount.InvalidSigner.selector;
        }
    }

    function _isModule(address account, address target) private view returns (bool) {
        return _hasModule(account, MODULE_TYPE_VALIDATOR, target) || _hasModule(account, MODULE_TYPE_EXECUTOR, target)
            || _hasModule(account, MODULE_TYPE_HOOK, target);
    }

    function _hasModule(address account, uint256 moduleTypeId, address module) private view returns (bool) {
        _requireGasFor(MODULE_GAS);
        return _isInstalled(account, moduleTypeId, module, MODULE_GAS);
    }

    function _requireGasFor(uint256 question) private view {
        unchecked {
            _requireGas(question + question / 32 + REST_GAS);
        }
    }

    /// @dev Otherwise the relayer brought too little for the item.
    function _requireGas(uint256 needed) internal view {
        if (gasleft() <= needed) _revertForGas();
    }

    function _revertForGas() internal pure {
        revert InsufficientGas(Frame.get(Frame.ITEM) - Frame.get(Frame.START));
    }

    /// @dev ERC-1271. Plain: `SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature)`, which has no
    /// bound for gas.
    function _isSignedBy(address account, bytes32 digest, uint256 signature, uint256 size)
        private
        view
        returns (bool valid)
    {
        bytes4 selector = IERC1271.isValidSignature.selector;
        _requireGasFor(ANSWER_GAS);
        assembly ("memory-safe") {
            let question := mload(0x40)
            mstore(question, selector)
            mstore(add(question, 0x04), digest)
            mstore(add(question, 0x24), 0x40)
            mstore(add(question, 0x44), size)
            calldatacopy(add(question, 0x64), signature, size)
            mstore(0x00, 0)
            let answered :=
                staticcall(ANSWER_GAS, account, question, add(0x64, and(add(size, 31), not(31))), 0x00, 0x20)
            valid := and(answered, and(gt(returndatasize(), 0x1f), eq(mload(0x00), selector)))
        }
    }

    function _emitGranted(Grant memory grant, uint256 item, uint256 scheme, bytes32 sessionId, bytes32 policyId)
        private
    {
        unchecked {
            uint256 head = item.load();
            uint256 key = item + Frame.IDENTITY_HEAD_SIZE;
            uint256 x = key.load();
            uint256 y;
            if (scheme == SCHEME_SECP256K1) x >>= 96;
            else y = (key + 32).load();
            uint256 detail =
                grant.validAfter | (grant.validUntil << 40) | (uint256(uint32(head >> 56)) << 80) | (scheme << 112);
            emit SessionGranted(
                sessionId,
                address(uint160(head >> 96)),
                policyId,
                detail,
                bytes32(Frame.get(Frame.TABLE_HASH)),
                bytes32(x),
                bytes32(y)
            );
        }
    }
}
