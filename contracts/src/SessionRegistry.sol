// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {
    IERC7579ModuleConfig,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_HOOK,
    MODULE_TYPE_VALIDATOR
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IPlayerAccount} from "./interfaces/IPlayerAccount.sol";
import {IPlayerAccountFactory} from "./interfaces/IPlayerAccountFactory.sol";
import {ISessionManager} from "./interfaces/ISessionManager.sol";
import {PlayerAccountFactory} from "./PlayerAccountFactory.sol";
import {PolicyRegistry} from "./PolicyRegistry.sol";
import {Intent} from "./types/Intent.sol";
import {KeySignature} from "./types/KeySignature.sol";
import {Entry, PermissionTable} from "./types/PermissionTable.sol";
import {Grant, MAX_DURATION, Session, SessionIdentity} from "./types/Session.sol";
import {SessionState, SessionStateLib} from "./types/SessionState.sol";
import {TypedData} from "./types/TypedData.sol";

/// @title SessionRegistry
/// @notice Part of SessionManager: how sessions come to be and end.
/// @dev Holds: one word per session, sequences of further lanes, value spent, epochs of accounts that do not keep their
/// own. Trusted: an account's ERC-1271 answer, for that account only.
abstract contract SessionRegistry is ISessionManager, PolicyRegistry {
    using SessionStateLib for SessionState;

    /// @inheritdoc ISessionManager
    address public immutable FACTORY;
    /// @inheritdoc ISessionManager
    address public immutable ACCOUNT_IMPLEMENTATION;
    /// @dev Hash of the first 45 bytes of the code of a PlayerAccount; after them stands its owner.
    bytes32 private immutable ACCOUNT_CODE_HASH;

    /// @dev A struct, so that a session's word can be referred to.
    struct Slot {
        SessionState state;
    }

    mapping(bytes32 sessionId => Slot) internal _states;
    mapping(bytes32 sessionId => mapping(uint256 lane => uint256 next)) internal _laneSequences;
    mapping(bytes32 sessionId => mapping(uint256 entry => uint256 spent)) internal _valueSpent;
    /// @dev Of accounts that are not PlayerAccounts.
    mapping(address account => uint32) internal _epochs;

    constructor() EIP712("Playkey", "1") {
        PlayerAccountFactory factory = new PlayerAccountFactory(address(this));
        FACTORY = address(factory);
        ACCOUNT_IMPLEMENTATION = factory.IMPLEMENTATION();
        ACCOUNT_CODE_HASH = keccak256(
            abi.encodePacked(hex"363d3d373d3d3d363d73", ACCOUNT_IMPLEMENTATION, hex"5af43d82803e903d91602b57fd5bf3")
        );
    }

    // ── Granting ──────────────────────────────────────────────────────────────

    /// @inheritdoc ISessionManager
    function enableGrant(Grant calldata grant, address submitter) external {
        require(msg.sender == address(this), NotAuthorized(msg.sender));
        Session calldata session = grant.session;
        KeySignature.requireValidKey(session.key);

        (bytes32 tableHash, bytes32 permissionsHash, Entry[] memory entries) = _terms(grant);
        bytes32 sessionId = TypedData.identify(session.account, session.epoch, session.policyId, tableHash, session.key);
        SessionState state = _states[sessionId].state;
        if (_isGranted(state, session, sessionId)) return;

        _requireWindow(session);
        bool fast = _requireAccount(grant, entries);
        if (submitter != session.account) {
            bytes32 digest = _hashTypedDataV4(TypedData.hashSession(session, permissionsHash));
            _requireOwnerSignature(session.account, digest, grant.signature);
        }

        _states[sessionId].state = state.activate(fast, session.validAfter, session.validUntil);
        emit SessionGranted(
            sessionId,
            session.account,
            session.policyId,
            session.key,
            session.epoch,
            session.validAfter,
            session.validUntil,
            tableHash
        );
    }

    /// @dev What the session may do: its own permissions, within the policy's if it has a policy; or the policy's. The
    /// entries are the unpacked table, or empty if the policy's table was not given.
    function _terms(Grant calldata grant)
        private
        view
        returns (bytes32 tableHash, bytes32 permissionsHash, Entry[] memory entries)
    {
        Session calldata session = grant.session;
        bytes32 policyId = session.policyId;
        if (policyId == 0) {
            bytes memory ownTable;
            (ownTable, entries, permissionsHash) = _checkedTable(session.permissions);
            return (keccak256(ownTable), permissionsHash, entries);
        }

        Policy storage policy = _policies[policyId];
        require(policy.owner != address(0), UnknownPolicy(policyId));
        require(block.timestamp >= policy.pausedUntil, PolicyIsPaused(policyId, policy.pausedUntil));
        uint256 duration = uint256(session.validUntil) - _min(session.validAfter, session.validUntil);
        require(duration <= policy.maxDuration, DurationTooLong(duration, policy.maxDuration));

        bytes calldata policyTable = grant.policyTable;
        (tableHash, permissionsHash) = (policy.tableHash, policy.permissionsHash);
        if (policyTable.length != 0 || session.permissions.length != 0) {
            require(keccak256(policyTable) == tableHash, PolicyTableMismatch(tableHash, keccak256(policyTable)));
            entries = PermissionTable.parse(policyTable);
        }
        if (session.permissions.length != 0) {
            bytes memory table;
            Entry[] memory policyEntries = entries;
            (table, entries, permissionsHash) = PermissionTable.build(session.permissions);
            PermissionTable.requireWithin(entries, policyEntries);
            tableHash = keccak256(table);
        }
    }

    /// @dev Whether exactly this session is active already. Reverts if it was revoked, or is active for longer.
    function _isGranted(SessionState state, Session calldata session, bytes32 sessionId) private pure returns (bool) {
        uint256 status = state.status();
        require(status != SessionStateLib.STATUS_REVOKED, RevokedSession(sessionId));
        if (status == SessionStateLib.STATUS_NONE) return false;
        (uint256 validAfter, uint256 validUntil) = (state.validAfter(), state.validUntil());
        if (validAfter == session.validAfter && validUntil == session.validUntil) return true;
        // Otherwise an old signature of the owner could be replayed to shorten a renewed session.
        require(session.validUntil > validUntil, RenewalNotLater(validUntil, session.validUntil));
        return false;
    }

    function _requireWindow(Session calldata session) private view {
        (uint256 validAfter, uint256 validUntil) = (session.validAfter, session.validUntil);
        require(validAfter < validUntil && block.timestamp < validUntil, InvalidWindow(validAfter, validUntil));
        require(validUntil - validAfter <= MAX_DURATION, DurationTooLong(validUntil - validAfter, MAX_DURATION));
        require(block.timestamp < session.grantDeadline, GrantExpired(session.grantDeadline, block.timestamp));
    }

    /// @dev Creates the account if asked to, and checks epoch, installation and, for accounts of others, that no target
    /// is one of their modules. (A PlayerAccount sees to that itself, at each call.)
    /// @return fast Whether it is a PlayerAccount.
    function _requireAccount(Grant calldata grant, Entry[] memory entries) private returns (bool fast) {
        Session calldata session = grant.session;
        address account = session.account;
        _create(account, grant.owner);
        for (uint256 i; i < entries.length; ++i) {
            require(entries[i].to != account, ForbiddenTarget(account));
        }

        uint256 epoch;
        bool installed;
        fast = _isPlayerAccount(account);
        if (fast) {
            (epoch, installed) = IPlayerAccount(account).sessionEpoch();
        } else {
            (epoch, installed) = (_epochs[account], _isInstalled(account, MODULE_TYPE_EXECUTOR, address(this)));
            require(entries.length != 0, PolicyTableMismatch(_policies[session.policyId].tableHash, 0));
            for (uint256 i; i < entries.length; ++i) {
                address to = entries[i].to;
                require(
                    !_isInstalled(account, MODULE_TYPE_VALIDATOR, to)
                        && !_isInstalled(account, MODULE_TYPE_EXECUTOR, to)
                        && !_isInstalled(account, MODULE_TYPE_HOOK, to),
                    ForbiddenTarget(to)
                );
            }
        }
        require(installed, ModuleNotInstalled(account));
        require(epoch == session.epoch, EpochMismatch(epoch, session.epoch));
    }

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

    function _revoke(bytes32 sessionId, address account, address by) private {
        SessionState state = _states[sessionId].state;
        if (state.status() == SessionStateLib.STATUS_REVOKED) return;
        _states[sessionId].state = state.revoke();
        emit SessionRevoked(sessionId, account, by);
    }

    function _bumpEpoch(address account) internal {
        uint32 epoch = _isPlayerAccount(account) ? IPlayerAccount(account).bumpSessionEpoch() : ++_epochs[account];
        emit EpochBumped(account, epoch);
    }

    // ── Views ─────────────────────────────────────────────────────────────────

    /// @inheritdoc ISessionManager
    function sessionOf(bytes32 sessionId) external view returns (SessionRecord memory session) {
        SessionState state = _states[sessionId].state;
        session.status = uint8(state.status());
        session.fast = state.fast();
        session.validAfter = uint40(state.validAfter());
        session.validUntil = uint40(state.validUntil());
        session.nextSequence = uint32(state.nextSequence());
        for (uint256 i; i < PermissionTable.MAX_ENTRIES; ++i) {
            session.uses[i] = uint32(state.uses(i));
        }
    }

    /// @inheritdoc ISessionManager
    function laneSequenceOf(bytes32 sessionId, uint32 lane) external view returns (uint32) {
        return uint32(lane == 0 ? _states[sessionId].state.nextSequence() : _laneSequences[sessionId][lane]);
    }

    /// @inheritdoc ISessionManager
    function valueSpentOf(bytes32 sessionId, uint256 entry) external view returns (uint256) {
        return _valueSpent[sessionId][entry];
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
    function hashSession(Session calldata session) external view returns (bytes32) {
        bytes32 permissionsHash = _policies[session.policyId].permissionsHash;
        if (session.permissions.length != 0 || permissionsHash == 0) {
            (,, permissionsHash) = PermissionTable.build(session.permissions);
        }
        return _hashTypedDataV4(TypedData.hashSession(session, permissionsHash));
    }

    /// @inheritdoc ISessionManager
    function hashIntent(Intent calldata intent) external view returns (bytes32) {
        return _hashTypedDataV4(TypedData.hashIntent(intent));
    }

    /// @inheritdoc ISessionManager
    function hashRevocation(address account, bytes32 sessionId) public view returns (bytes32) {
        return _hashTypedDataV4(TypedData.hashRevocation(account, sessionId));
    }

    // ── Accounts and targets ──────────────────────────────────────────────────

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

    /// @dev What `account` says; no answer is a no.
    function _isInstalled(address account, uint256 moduleTypeId, address module)
        internal
        view
        returns (bool installed)
    {
        bytes memory question = abi.encodeCall(IERC7579ModuleConfig.isModuleInstalled, (moduleTypeId, module, ""));
        assembly ("memory-safe") {
            installed := staticcall(gas(), account, add(question, 0x20), mload(question), 0x00, 0x20)
            installed := and(installed, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1)))
        }
    }

    function _isForbiddenTarget(address target) internal view override returns (bool) {
        return uint160(target) <= type(uint16).max || target == address(this) || target == FACTORY
            || target == ACCOUNT_IMPLEMENTATION || target == address(ERC4337Utils.ENTRYPOINT_V09)
            || target == address(ERC4337Utils.ENTRYPOINT_V08) || target == address(ERC4337Utils.ENTRYPOINT_V07)
            || target == 0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789; // EntryPoint 0.6
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
