// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IPolicyRegistry} from "./interfaces/IPolicyRegistry.sol";
import {ITermsCompiler} from "./interfaces/ITermsCompiler.sol";
import {MAX_DURATION} from "./types/Session.sol";

/// @title PolicyRegistry
/// @notice Part of SessionManager, so that the pause check of an intent touches no further contract.
/// @dev Holds: hashes of the terms, owner, revokers and the pause of every policy. Trusted: nobody; a policy is
/// content-addressed and immutable except for its pause. Sharp edge: a policy whose owner's key is lost and that a
/// revoker has paused stays paused for ever; publish a new one.
abstract contract PolicyRegistry is IPolicyRegistry, EIP712 {
    struct Policy {
        address owner;
        uint40 pausedUntil;
        uint24 maxDuration;
        uint32 pauseNumber;
        bytes32 termsHash;
        bytes32 tableHash;
        mapping(address revoker => bool) isRevoker;
    }

    uint40 private constant PAUSED = type(uint40).max;
    uint256 private constant MAX_REVOKERS = 16;
    bytes32 private constant UNPAUSE_TYPEHASH = keccak256("Unpause(bytes32 policyId,uint32 pauseNumber)");

    /// @inheritdoc IPolicyRegistry
    uint40 public constant UNPAUSE_DELAY = 1 hours;

    /// @inheritdoc IPolicyRegistry
    ITermsCompiler public immutable TERMS_COMPILER;

    mapping(bytes32 policyId => Policy) internal _policies;

    constructor(ITermsCompiler compiler) {
        TERMS_COMPILER = compiler;
    }

    /// @inheritdoc IPolicyRegistry
    function publish(
        address owner,
        address[] calldata revokers,
        uint24 maxDuration,
        bytes32 documentHash,
        bytes calldata terms
    ) external returns (bytes32 policyId) {
        require(owner != address(0), InvalidPolicyOwner(owner));
        require(maxDuration != 0 && maxDuration <= MAX_DURATION, InvalidMaxDuration(maxDuration, MAX_DURATION));
        require(revokers.length <= MAX_REVOKERS, TooManyRevokers(revokers.length, MAX_REVOKERS));

        (bool accepted, bytes memory answer) =
            address(TERMS_COMPILER).staticcall(bytes.concat(ITermsCompiler.compile.selector, terms));
        if (!accepted) LowLevelCall.bubbleRevert(answer);
        (bytes memory table, bytes32 termsHash) = abi.decode(answer, (bytes, bytes32));
        bytes32 tableHash = keccak256(table);
        policyId =
            keccak256(abi.encode(owner, keccak256(abi.encodePacked(revokers)), maxDuration, termsHash, documentHash));

        Policy storage policy = _policies[policyId];
        require(policy.owner == address(0), PolicyAlreadyPublished(policyId));
        policy.owner = owner;
        policy.maxDuration = maxDuration;
        policy.termsHash = termsHash;
        policy.tableHash = tableHash;
        for (uint256 i; i < revokers.length; ++i) {
            require(revokers[i] != address(0), InvalidRevoker(i));
            policy.isRevoker[revokers[i]] = true;
        }
        emit PolicyPublished(policyId, owner, documentHash, termsHash, tableHash, maxDuration, revokers);
    }

    /// @inheritdoc IPolicyRegistry
    function pause(bytes32 policyId) external {
        require(isRevoker(policyId, msg.sender), NotAuthorized(msg.sender));
        Policy storage policy = _policies[policyId];
        if (policy.pausedUntil != PAUSED) {
            policy.pausedUntil = PAUSED;
            ++policy.pauseNumber;
        }
        emit PolicyPaused(policyId, msg.sender);
    }

    /// @inheritdoc IPolicyRegistry
    function unpause(bytes32 policyId) external {
        require(msg.sender == _policies[policyId].owner, NotAuthorized(msg.sender));
        _unpause(policyId);
    }

    /// @inheritdoc IPolicyRegistry
    function unpauseBySignature(bytes32 policyId, bytes calldata signature) external {
        Policy storage policy = _policies[policyId];
        address owner = policy.owner;
        require(owner != address(0), UnknownPolicy(policyId));
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(UNPAUSE_TYPEHASH, policyId, policy.pauseNumber)));
        require(
            SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature), InvalidUnpauseSignature(policyId)
        );
        _unpause(policyId);
    }

    function _unpause(bytes32 policyId) private {
        Policy storage policy = _policies[policyId];
        // Unpausing twice must neither shorten nor restart the delay, nor pause what runs.
        uint40 pausedUntil = policy.pausedUntil;
        if (pausedUntil == PAUSED) {
            pausedUntil = uint40(block.timestamp) + UNPAUSE_DELAY;
            policy.pausedUntil = pausedUntil;
        }
        emit PolicyUnpaused(policyId, pausedUntil);
    }

    /// @inheritdoc IPolicyRegistry
    function policyOf(bytes32 policyId)
        external
        view
        returns (address owner, uint24 maxDuration, uint40 pausedUntil, bytes32 termsHash, bytes32 tableHash)
    {
        Policy storage policy = _policies[policyId];
        return (policy.owner, policy.maxDuration, policy.pausedUntil, policy.termsHash, policy.tableHash);
    }

    /// @inheritdoc IPolicyRegistry
    function pauseNumberOf(bytes32 policyId) external view returns (uint32) {
        return _policies[policyId].pauseNumber;
    }

    /// @inheritdoc IPolicyRegistry
    function isRevoker(bytes32 policyId, address revoker) public view returns (bool) {
        Policy storage policy = _policies[policyId];
        return revoker != address(0) && (revoker == policy.owner || policy.isRevoker[revoker]);
    }
}
