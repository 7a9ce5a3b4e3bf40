// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Delve} from "../src/games/Delve.sol";
import {PlayerAccountFactory} from "../src/PlayerAccountFactory.sol";
import {SessionManager} from "../src/SessionManager.sol";
import {Call, Intent} from "../src/types/Intent.sol";
import {Grant, Key, Permission, Session, SessionIdentity} from "../src/types/Session.sol";
import {Base} from "./Base.sol";

/// @notice The contracts, a player, a studio, and what a client does: signing and encoding.
abstract contract Playground is Base {
    uint256 internal constant P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;

    uint8 internal constant SECP256K1 = 1;
    uint8 internal constant P256 = 2;

    uint256 internal constant OWNER_KEY = 0xa11ce;
    uint256 internal constant SESSION_KEY = 0x5e55;

    SessionManager internal manager;
    PlayerAccountFactory internal factory;
    Delve internal delve;
    address internal studio = address(0x57d10);
    address internal revoker = address(0x4e70ce4);
    address internal relayer = address(0x4e1a);
    uint256 private documents;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = SessionManager(vm.deployCode("SessionManager.sol:SessionManager"));
        factory = PlayerAccountFactory(manager.FACTORY());
        delve = Delve(vm.deployCode("Delve.sol:Delve"));
    }

    // ── Making things ─────────────────────────────────────────────────────────

    function makeKey(uint8 scheme, uint256 privateKey) internal pure returns (Key memory) {
        if (scheme == SECP256K1) return Key(SECP256K1, abi.encodePacked(vm.addr(privateKey)));
        (uint256 x, uint256 y) = vm.publicKeyP256(privateKey);
        return Key(P256, abi.encodePacked(x, y));
    }

    function makePermission(address to, string memory signature, uint32 maxCalls)
        internal
        pure
        returns (Permission memory)
    {
        return Permission(to, signature, maxCalls, 0, 0);
    }

    /// @dev move and mint of Delve.
    function delvePermissions() internal view returns (Permission[] memory permissions) {
        permissions = new Permission[](2);
        permissions[0] = makePermission(address(delve), "move(uint8)", 1000);
        permissions[1] = makePermission(address(delve), "mint(uint256)", 10);
    }

    function publish(Permission[] memory permissions) internal returns (bytes32) {
        address[] memory revokers = new address[](1);
        revokers[0] = revoker;
        return manager.publish(studio, revokers, 1 days, keccak256(abi.encode("document", documents++)), permissions);
    }

    /// @dev A session of the account of `ownerKey`, from now, for an hour.
    function makeSession(address account, bytes32 policyId, Key memory key, Permission[] memory permissions)
        internal
        view
        returns (Session memory)
    {
        uint40 time = uint40(block.timestamp);
        return
            Session(
                account, policyId, key, time, time + 1 hours, manager.epochOf(account), time + 10 minutes, permissions
            );
    }

    /// @dev Signed by the wallet `ownerKey`, with the account created on the way.
    function makeGrant(Session memory session, uint256 ownerKey) internal view returns (Grant memory) {
        return
            Grant(
                session, "", abi.encodePacked(vm.addr(ownerKey)), signSecp256k1(ownerKey, manager.hashSession(session))
            );
    }

    function identityOf(Session memory session, bytes memory table) internal pure returns (SessionIdentity memory) {
        return SessionIdentity(session.account, session.policyId, keccak256(table), session.epoch, session.key);
    }

    // ── Signing ───────────────────────────────────────────────────────────────

    /// @dev 65 bytes, as wallets give it.
    function signSecp256k1(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev 64 bytes, as a session key signs.
    function signAsKey(uint8 scheme, uint256 privateKey, bytes32 digest) internal pure returns (bytes memory) {
        if (scheme == SECP256K1) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
            return abi.encodePacked(r, uint256(s) | (uint256(v - 27) << 255));
        }
        (bytes32 pr, bytes32 ps) = vm.signP256(privateKey, sha256(abi.encodePacked(digest)));
        if (uint256(ps) > P256_N / 2) ps = bytes32(P256_N - uint256(ps));
        return abi.encodePacked(pr, ps);
    }

    // ── Encoding ──────────────────────────────────────────────────────────────

    /// @dev One call as it travels: without value.
    function encodeCall(uint8 entry, bytes memory data) internal pure returns (bytes memory) {
        bytes memory args = dropSelector(data);
        return abi.encodePacked(entry, uint16(args.length), args);
    }

    function encodeCall(uint8 entry, uint128 value, bytes memory data) internal pure returns (bytes memory) {
        bytes memory args = dropSelector(data);
        return abi.encodePacked(entry, uint16(args.length), value, args);
    }

    function encodeIntent(
        Intent memory intent,
        Key memory key,
        uint32 epoch,
        bytes memory signature,
        bytes memory calls
    ) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(intent.account, key.scheme, epoch, key.publicKey, intent.lane, intent.sequence),
            abi.encodePacked(intent.expiry, intent.callGas, signature, uint8(intent.calls.length), calls)
        );
    }

    function encodeSection(bytes32 policyId, uint8 entryCount, bytes memory table, bytes[] memory intents)
        internal
        pure
        returns (bytes memory section)
    {
        section = abi.encodePacked(policyId, entryCount, table, uint16(intents.length));
        for (uint256 i; i < intents.length; ++i) {
            section = bytes.concat(section, intents[i]);
        }
    }

    function dropSelector(bytes memory data) internal pure returns (bytes memory args) {
        args = new bytes(data.length - 4);
        for (uint256 i; i < args.length; ++i) {
            args[i] = data[i + 4];
        }
    }

    function one(bytes memory item) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function one(Grant memory grant) internal pure returns (Grant[] memory list) {
        list = new Grant[](1);
        list[0] = grant;
    }

    function none() internal pure returns (Grant[] memory) {
        return new Grant[](0);
    }
}
