// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7579ModuleConfig} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IPlayerAccount} from "./interfaces/IPlayerAccount.sol";
import {IPlayerAccountFactory} from "./interfaces/IPlayerAccountFactory.sol";
import {ISessionManager} from "./interfaces/ISessionManager.sol";
import {PlayerAccountFactory} from "./PlayerAccountFactory.sol";
import {PolicyRegistry} from "./PolicyRegistry.sol";
import {Intent} from "./types/Intent.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {Meter} from "./types/Meter.sol";
import {Session, SessionIdentity} from "./types/Session.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";
import {TypedData} from "./types/TypedData.sol";

/// @title SessionRegistry
/// @notice Part of SessionManager: what is kept of sessions, how they end, and what can be read.
/// @dev Holds: one word per session, sequences of further lanes, meters of limits on amounts, epochs of accounts that do
/// not keep their own. Trusted: an account's ERC-1271 answer, for that account only.
abstract contract SessionRegistry is ISessionManager, PolicyRegistry {
    using SessionStateLib for SessionState;

    /// @inheritdoc ISessionManager
    address public immutable FACTORY;
    /// @inheritdoc ISessionManager
    address public immutable ACCOUNT_IMPLEMENTATION;
    /// @dev Hash of the first 45 bytes of the code of a PlayerAccount; after them stands its owner.
    bytes32 private immutable ACCOUNT_CODE_HASH;

    /// @dev A struct, so that what is stored can be referred to.
    struct Slot {
        SessionState state;
    }

    struct MeterSlot {
        Meter meter;
    }

    mapping(bytes32 sessionId => mapping(uint256 lane => uint256 next)) internal _laneSequences;
    /// @dev Of accounts that are not PlayerAccounts.
    mapping(address account => uint32) internal _epochs;
    /// @dev When an epoch in `_epochs` last changed. A session that began later need not look at its account's, which
    /// saves 6 % of a move.
    uint256 internal _lastBump;

    constructor() EIP712("Playkey", "1") {
        PlayerAccountFactory factory = new PlayerAccountFactory(address(this));
        FACTORY = address(factory);
        ACCOUNT_IMPLEMENTATION = factory.IMPLEMENTATION();
        ACCOUNT_CODE_HASH = keccak256(
            abi.encodePacked(hex"363d3d373d3d3d363d73", ACCOUNT_IMPLEMENTATION, hex"5af43d82803e903d91602b57fd5bf3")
        );
    }

    // ── Revoking ──────────────────────────────────────────────────────────────

    /// @inheritdoc ISessionManager
    function revoke(SessionIdentity calldata identity) external {
        require(msg.sender == identity.account || isRevoker(identity.policyId, msg.sender), NotAuthorized(msg.sender));
        _revoke(sessionIdOf(identity), identity.account, msg.sender);
    }

    /// @inheritdoc ISessionManager
    function revokeByOwner(SessionIdentity calldata identity, bytes calldata owner, bytes calldata signature) external {
        bytes32 sessionId = sessionIdOf(identity);
        _create(identity.account, owner);
        _requireOwnerSignature(identity.account, hashRevocation(identity.account, sessionId), signature);
        _revoke(sessionId, identity.account, identity.account);
    }

    /// @inheritdoc ISessionManager
    function revokeByKey(SessionIdentity calldata identity, bytes calldata signature) external {
        bytes32 sessionId = sessionIdOf(identity);
        bytes32 digest = hashRevocation(identity.account, sessionId);
        require(KeySignature.isValid(identity.key, digest, signature), InvalidKeySignature(sessionId));
        _revoke(sessionId, identity.account, address(this));
    }

    /// @inheritdoc ISessionManager
    function revokeAll() external {
        _bumpEpoch(msg.sender);
    }

    function _revoke(bytes32 sessionId, address account, address by) internal {
        SessionState state = _stateOf(sessionId).state;
        if (state.status() == SessionStateLib.STATUS_REVOKED) return;
        _stateOf(sessionId).state = state.revoke();
        emit SessionRevoked(sessionId, account, by);
    }

    function _bumpEpoch(address account) internal {
        uint32 epoch;
        if (_isPlayerAccount(account)) {
            epoch = IPlayerAccount(account).bumpSessionEpoch();
        } else {
            epoch = ++_epochs[account];
            _lastBump = block.timestamp;
        }
        emit EpochBumped(account, epoch);
    }

    /// @dev A session is stored at its id, which is a hash itself, of more bytes than Solidity ever hashes to place
    /// anything. Saves a hash in each intent.
    function _stateOf(bytes32 sessionId) internal pure returns (Slot storage slot) {
        assembly ("memory-safe") {
            slot.slot := sessionId
        }
    }

    /// @dev The meters of a session are stored behind it.
    function _meterOf(bytes32 sessionId, uint256 index) internal pure returns (MeterSlot storage slot) {
        assembly ("memory-safe") {
            slot.slot := add(add(sessionId, 1), index)
        }
    }

    // ── Views ─────────────────────────────────────────────────────────────────

    /// @inheritdoc ISessionManager
    function sessionOf(bytes32 sessionId) external view returns (SessionRecord memory session) {
        SessionState state = _stateOf(sessionId).state;
        session.status = uint8(state.status());
        session.fast = state.fast();
        session.validAfter = uint40(state.validAfter());
        session.validUntil = uint40(state.validUntil());
        session.nextSequence = uint32(state.nextSequence());
        for (uint256 i; i < session.cells.length; ++i) {
            session.cells[i] = uint32(state.cellAt(i));
        }
    }

    /// @inheritdoc ISessionManager
    function laneSequenceOf(bytes32 sessionId, uint32 lane) external view returns (uint32) {
        return uint32(lane == 0 ? _stateOf(sessionId).state.nextSequence() : _laneSequences[sessionId][lane]);
    }

    /// @inheritdoc ISessionManager
    function meterOf(bytes32 sessionId, uint256 index)
        external
        view
        returns (uint256 total, uint256 period, uint256 used)
    {
        Meter meter = _meterOf(sessionId, index).meter;
        period = meter.lastPeriod();
        return (meter.total(), period, meter.usedIn(period));
    }

    /// @inheritdoc ISessionManager
    function epochOf(address account) public view returns (uint32 epoch) {
        if (!_isPlayerAccount(account)) return _epochs[account];
        (epoch,) = IPlayerAccount(account).sessionEpoch();
    }

    /// @inheritdoc ISessionManager
    function sessionIdOf(SessionIdentity calldata identity) public pure returns (bytes32) {
        return TypedData.identify(identity);
    }

    /// @inheritdoc ISessionManager
    function hashSession(Session calldata session, bytes32 termsHash) external view returns (bytes32) {
        return _hashTypedDataV4(TypedData.hashSession(session, termsHash));
    }

    /// @inheritdoc ISessionManager
    function hashSessions(Session[] calldata sessions, bytes32[] calldata termsHashes, bytes32[] calldata ended)
        external
        view
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](sessions.length);
        for (uint256 i; i < hashes.length; ++i) {
            hashes[i] = TypedData.hashSession(sessions[i], termsHashes[i]);
        }
        return _hashTypedDataV4(TypedData.hashSessions(hashes, ended));
    }

    /// @inheritdoc ISessionManager
    function hashIntent(Intent calldata intent) external view returns (bytes32) {
        return _hashTypedDataV4(TypedData.hashIntent(intent));
    }

    /// @inheritdoc ISessionManager
    function hashRevocation(address account, bytes32 sessionId) public view returns (bytes32) {
        return _hashTypedDataV4(TypedData.hashRevocation(account, sessionId));
    }

    // ── Accounts ──────────────────────────────────────────────────────────────

    /// @dev Whether `account` is a clone of our implementation; its code can never change.
    function _isPlayerAccount(address account) internal view returns (bool) {
        bytes32 codeHash;
        assembly ("memory-safe") {
            let code := mload(0x40)
            extcodecopy(account, code, 0, 45)
            codeHash := keccak256(code, 45)
        }
        return codeHash == ACCOUNT_CODE_HASH;
    }

    /// @dev What `account` says with so much gas; no answer is a no.
    function _isInstalled(address account, uint256 moduleTypeId, address module, uint256 gas_)
        internal
        view
        returns (bool installed)
    {
        bytes memory question = abi.encodeCall(IERC7579ModuleConfig.isModuleInstalled, (moduleTypeId, module, ""));
        assembly ("memory-safe") {
            installed := staticcall(gas_, account, add(question, 0x20), mload(question), 0x00, 0x20)
            installed := and(installed, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1)))
        }
    }

    /// @dev Creates the account of `owner` if `account` has no code.
    function _create(address account, bytes calldata owner) private {
        if (account.code.length != 0) return;
        require(owner.length != 0, AccountNotDeployed(account));
        address created = IPlayerAccountFactory(FACTORY).createAccount(owner);
        require(created == account, AccountMismatch(account, created));
    }

    function _requireOwnerSignature(address account, bytes32 digest, bytes calldata signature) private view {
        require(
            SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature),
            InvalidOwnerSignature(account)
        );
    }

    /// @dev Whether no session of any account may call `target`, besides those that TermsCompiler refuses.
    function _isOwnContract(address target) internal view returns (bool) {
        return target == address(this) || target == FACTORY || target == ACCOUNT_IMPLEMENTATION;
    }
}
