// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {AccountERC7579} from "@openzeppelin/contracts/account/extensions/draft-AccountERC7579.sol";
import {ERC4337Utils} from "@openzeppelin/contracts/account/utils/ERC4337Utils.sol";
import {ERC7579Utils} from "@openzeppelin/contracts/account/utils/draft-ERC7579Utils.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {
    IERC7579Module,
    MODULE_TYPE_EXECUTOR,
    MODULE_TYPE_FALLBACK
} from "@openzeppelin/contracts/interfaces/draft-IERC7579.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {AbstractSigner} from "@openzeppelin/contracts/utils/cryptography/signers/AbstractSigner.sol";
import {ERC7739} from "@openzeppelin/contracts/utils/cryptography/signers/draft-ERC7739.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {LibClone} from "solady/utils/LibClone.sol";

import {IPlayerAccount} from "./interfaces/IPlayerAccount.sol";
import {Signer} from "./types/Signer.sol";

/// @title PlayerAccount
/// @notice ERC-7579 account (OpenZeppelin's), used through clones whose code carries the first owner.
/// @dev Holds: the player's assets, signers, modules. May act: any signer (through ERC-4337 EntryPoint 0.8 and 0.9),
/// installed executors and validators, and SessionManager within its sessions. Trusted: SessionManager, which decides
/// what a session may do; everything the signers install.
///
/// A signature is either the first owner's own (65 bytes for a wallet), or length 2 ‖ signer ‖ signature for any signer.
///
/// Sharp edges: a signer is all-powerful, including `delegatecall`. Hooks and threshold signatures are not supported.
/// The code cannot be upgraded; moving to another account means moving the assets. A module that reverts in
/// `onUninstall` blocks its own removal (OpenZeppelin 5.7).
contract PlayerAccount is IPlayerAccount, AccountERC7579, ERC7739, ERC721Holder, ERC1155Holder {
    using EnumerableSet for EnumerableSet.BytesSet;

    /// @dev Flags are inverted, so that a new account has the all-zero storage it was born with.
    /// @param epoch Of the sessions.
    /// @param managerRemoved SessionManager is not installed.
    /// @param ownerRemoved The first owner is no longer a signer.
    /// @param moduleCount Modules besides SessionManager.
    /// @param signers Signers besides the first owner.
    /// @param installations Times that an address is installed as a module.
    /// @custom:storage-location erc7201:playkey.storage.PlayerAccount
    struct Storage {
        uint32 epoch;
        bool managerRemoved;
        bool ownerRemoved;
        uint64 moduleCount;
        EnumerableSet.BytesSet signers;
        mapping(address module => uint256) installations;
    }

    /// @dev keccak256(abi.encode(uint256(keccak256("playkey.storage.PlayerAccount")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_SLOT = 0xc0fe9b86c3d29dfe3de8077715a011cf22f42cc59845d39117774e932515fb00;

    /// @dev All of the first word that concerns a session: everything but `ownerRemoved`.
    uint256 private constant SESSION_MASK = 0xffffffffffffffff00ffffffffff;

    /// @dev Of the head of a call: size of its data, and that its value follows.
    uint256 private constant SIZE_MASK = 0xffffff;
    uint256 private constant VALUE_FLAG = 1 << 24;

    address private immutable SELF = address(this);
    /// @dev The same, where the code can read it for less.
    bytes32 private immutable SLOT = STORAGE_SLOT;

    /// @inheritdoc IPlayerAccount
    address public immutable SESSION_MANAGER;

    constructor(address sessionManager) EIP712("PlayerAccount", "1") {
        SESSION_MANAGER = sessionManager;
    }

    modifier onlySessionManager() {
        require(msg.sender == SESSION_MANAGER, AccountUnauthorized(msg.sender));
        _;
    }

    /// @inheritdoc IPlayerAccount
    function callForPlayer() external payable {
        if (msg.sender != SESSION_MANAGER) revert AccountUnauthorized(msg.sender);
        uint256 epoch;
        assembly ("memory-safe") {
            epoch := shr(224, calldataload(4))
        }
        // The word holds nothing but the epoch: the module is installed, and is the only one.
        if (_word() & SESSION_MASK != epoch) _requireSession(epoch);
        // Plain: for each call, `(bool ok,) = to.call{value: value}(data)`, and revert with its selector unless ok.
        assembly ("memory-safe") {
            let data := mload(0x40)
            let cursor := 8
            for {} 1 {} {
                let head := calldataload(cursor)
                let size := and(head, SIZE_MASK)
                cursor := add(cursor, 32)
                let value := 0
                if and(head, VALUE_FLAG) {
                    value := calldataload(cursor)
                    cursor := add(cursor, 32)
                }
                calldatacopy(data, cursor, size)
                if iszero(call(gas(), shr(96, head), value, data, size, 0, 0)) {
                    size := returndatasize()
                    if gt(size, 4) { size := 4 }
                    returndatacopy(data, 0, size)
                    revert(data, size)
                }
                cursor := add(cursor, size)
                if iszero(lt(cursor, calldatasize())) { stop() }
            }
        }
    }

    /// @inheritdoc IPlayerAccount
    function bumpSessionEpoch() external onlySessionManager returns (uint32) {
        return ++_storage().epoch;
    }

    /// @inheritdoc IPlayerAccount
    function addSigner(bytes calldata signer) external onlyEntryPointOrSelf {
        require(Signer.isUsable(signer) && address(bytes20(signer)) != address(this), InvalidSigner(signer));
        Storage storage $ = _storage();
        if (_isInitialOwner(signer)) {
            require($.ownerRemoved, SignerAlreadyExists(signer));
            $.ownerRemoved = false;
        } else {
            require($.signers.add(signer), SignerAlreadyExists(signer));
        }
        emit SignerAdded(signer);
    }

    /// @inheritdoc IPlayerAccount
    function removeSigner(bytes calldata signer) external onlyEntryPointOrSelf {
        require(isSigner(signer), UnknownSigner(signer));
        Storage storage $ = _storage();
        require($.signers.length() + ($.ownerRemoved ? 0 : 1) > 1, LastSigner(signer));
        if (_isInitialOwner(signer)) $.ownerRemoved = true;
        else $.signers.remove(signer);
        emit SignerRemoved(signer);
    }

    /// @inheritdoc IPlayerAccount
    function getSigners() external view returns (bytes[] memory signers) {
        Storage storage $ = _storage();
        uint256 count = $.signers.length();
        uint256 first = $.ownerRemoved ? 0 : 1;
        signers = new bytes[](first + count);
        if (first == 1) signers[0] = initialOwner();
        for (uint256 i; i < count; ++i) {
            signers[first + i] = $.signers.at(i);
        }
    }

    /// @inheritdoc IPlayerAccount
    function isSigner(bytes calldata signer) public view returns (bool) {
        return _isInitialOwner(signer) ? !_storage().ownerRemoved : _storage().signers.contains(signer);
    }

    /// @inheritdoc IPlayerAccount
    function initialOwner() public view returns (bytes memory) {
        return address(this) == SELF ? bytes("") : LibClone.argsOnClone(address(this));
    }

    /// @inheritdoc IPlayerAccount
    function sessionEpoch() external view returns (uint32 epoch, bool installed) {
        Storage storage $ = _storage();
        return ($.epoch, !$.managerRemoved);
    }

    /// @inheritdoc AccountERC7579
    function accountId() public pure override returns (string memory) {
        return "playkey.player-account.1.0.0";
    }

    /// @inheritdoc AccountERC7579
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata additionalContext)
        public
        view
        override
        returns (bool)
    {
        if (module == SESSION_MANAGER) return moduleTypeId == MODULE_TYPE_EXECUTOR && !_storage().managerRemoved;
        return super.isModuleInstalled(moduleTypeId, module, additionalContext);
    }

    /// @notice ERC-1271. SessionManager's digests bind the account themselves, so they are signed as they are, and the
    /// owner's wallet shows a session plainly; everybody else's are nested (ERC-7739). Installed validators may answer
    /// for signatures that start with their address.
    function isValidSignature(bytes32 hash, bytes calldata signature)
        public
        view
        override(AccountERC7579, ERC7739)
        returns (bytes4 result)
    {
        if (msg.sender == SESSION_MANAGER) {
            if (_rawSignatureValidation(hash, signature)) {
                return IERC1271.isValidSignature.selector;
            }
        } else {
            result = ERC7739.isValidSignature(hash, signature);
            if (result != 0xffffffff) return result;
        }
        return AccountERC7579.isValidSignature(hash, signature);
    }

    /// @dev SessionManager is installed by birth: its flag and epoch stand in for OpenZeppelin's set of executors.
    function _installModule(uint256 moduleTypeId, address module, bytes memory initData) internal override {
        Storage storage $ = _storage();
        if (module == SESSION_MANAGER && moduleTypeId == MODULE_TYPE_EXECUTOR) {
            require($.managerRemoved, ERC7579Utils.ERC7579AlreadyInstalledModule(moduleTypeId, module));
            $.managerRemoved = false;
            IERC7579Module(module).onInstall(initData);
            emit ModuleInstalled(moduleTypeId, module);
        } else {
            ++$.moduleCount;
            ++$.installations[module];
            super._installModule(moduleTypeId, module, initData);
        }
    }

    /// @dev Uninstalling SessionManager ends all sessions; reinstalling it revives none, as the epoch is another one.
    function _uninstallModule(uint256 moduleTypeId, address module, bytes memory deInitData) internal override {
        Storage storage $ = _storage();
        if (module == SESSION_MANAGER && moduleTypeId == MODULE_TYPE_EXECUTOR) {
            require(!$.managerRemoved, ERC7579Utils.ERC7579UninstalledModule(moduleTypeId, module));
            $.managerRemoved = true;
            ++$.epoch;
            IERC7579Module(module).onUninstall(deInitData);
            emit ModuleUninstalled(moduleTypeId, module);
        } else {
            super._uninstallModule(moduleTypeId, module, deInitData);
            --$.moduleCount;
            --$.installations[module];
        }
    }

    /// @dev First owner: the plain signature. Any signer: length 2 ‖ signer ‖ signature. Never reverts on bad encoding.
    function _rawSignatureValidation(bytes32 hash, bytes calldata signature)
        internal
        view
        override(AbstractSigner, AccountERC7579)
        returns (bool)
    {
        bytes memory owner = initialOwner();
        if (owner.length != 0 && !_storage().ownerRemoved) {
            if (owner.length == 20) {
                // A wallet's own key first: asking whether the wallet has code costs as much as the signature.
                (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(hash, signature);
                if (failure == ECDSA.RecoverError.NoError && recovered == address(bytes20(owner))) return true;
            }
            if (SignatureChecker.isValidSignatureNow(owner, hash, signature)) return true;
        }
        if (signature.length < 2) return false;
        uint256 end = 2 + uint256(uint16(bytes2(signature)));
        if (signature.length < end || !isSigner(signature[2:end])) return false;
        return SignatureChecker.isValidSignatureNow(signature[2:end], hash, signature[end:]);
    }

    function _checkEntryPoint() internal view override {
        require(_isEntryPoint(msg.sender), AccountUnauthorized(msg.sender));
    }

    function _checkEntryPointOrSelf() internal view override {
        require(msg.sender == address(this) || _isEntryPoint(msg.sender), AccountUnauthorized(msg.sender));
    }

    /// @dev Both EntryPoints hand over the same operation format and an EIP-712 hash.
    function _isEntryPoint(address caller) private pure returns (bool) {
        return caller == address(ERC4337Utils.ENTRYPOINT_V09) || caller == address(ERC4337Utils.ENTRYPOINT_V08);
    }

    function _isInitialOwner(bytes calldata signer) private view returns (bool) {
        return keccak256(signer) == keccak256(initialOwner());
    }

    /// @dev What `callForPlayer` asks when there is more than the epoch to ask for.
    function _requireSession(uint256 epoch) private view {
        Storage storage $ = _storage();
        if ($.managerRemoved || $.epoch != epoch) revert StaleSession($.epoch, uint32(epoch));
        if ($.moduleCount != 0) _requireNoModuleTarget();
    }

    /// @dev A session must not reach a module through the account: the module would take it for the account's wish.
    function _requireNoModuleTarget() private view {
        Storage storage $ = _storage();
        for (uint256 cursor = 8; cursor < msg.data.length;) {
            uint256 head = uint256(bytes32(msg.data[cursor:]));
            address to = address(uint160(head >> 96));
            require($.installations[to] == 0, ModuleTarget(to));
            cursor += (head & VALUE_FLAG == 0 ? 32 : 64) + (head & SIZE_MASK);
        }
    }

    /// @dev First word of the storage: epoch 32 | managerRemoved 8 | ownerRemoved 8 | moduleCount 64.
    function _word() private view returns (uint256 word) {
        bytes32 slot = SLOT;
        assembly ("memory-safe") {
            word := sload(slot)
        }
    }

    function _storage() private pure returns (Storage storage $) {
        assembly ("memory-safe") {
            $.slot := STORAGE_SLOT
        }
    }
}
