// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../src/interfaces/ISessionManager.sol";
import {IPlayerAccountFactory} from "../src/interfaces/IPlayerAccountFactory.sol";
import {Call, Intent} from "../src/types/Intent.sol";
import {Grant, Key, Permission, Session, SessionIdentity} from "../src/types/Session.sol";
import {OpenZeppelinAccount} from "./accounts/OpenZeppelinAccount.sol";
import {Base, Vm} from "./Base.sol";
import {Target} from "./targets/Target.sol";

/// @notice A player as their own client sees them.
struct Player {
    uint256 ownerKey;
    address account;
    bool foreign;
    uint256 sessionKey;
    bytes table;
    bytes32 sessionId;
    Permission[] permissions;
    Session session;
}

/// @notice One event about an intent or a grant.
struct Result {
    bytes32 sessionId;
    bool executed;
    bool success;
    /// Why it was rejected, or what the failed call reverted with.
    bytes4 reason;
    uint32 lane;
    uint32 sequence;
    uint256 counters;
}

/// @notice The contracts, players, a studio, and what a client does: signing and encoding.
abstract contract Playground is Base {
    uint256 internal constant P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 internal constant SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    address internal constant ENTRY_POINT = 0x433709009B8330FDa32311DF1C2AFA402eD8D009;

    uint8 internal constant SECP256K1 = 1;
    uint8 internal constant P256 = 2;

    ISessionManager internal manager;
    IPlayerAccountFactory internal factory;
    Target internal target;
    address internal studio = address(0x57d10);
    address internal revoker = address(0x4e70ce4);
    address internal stranger = address(0x57a49e4);

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = ISessionManager(vm.deployCode("SessionManager.sol:SessionManager"));
        factory = IPlayerAccountFactory(manager.FACTORY());
        target = new Target();
    }

    // ── Players ───────────────────────────────────────────────────────────────

    /// @dev `hit` a thousand times, `pay` ten times with at most 1 ether each and 2 in total, `misbehave` at will.
    function defaultPermissions() internal view returns (Permission[] memory permissions) {
        permissions = new Permission[](3);
        permissions[0] = Permission(address(target), "hit(uint256)", 1000, 0, 0);
        permissions[1] = Permission(address(target), "pay(uint256)", 10, 1 ether, 2 ether);
        permissions[2] = Permission(address(target), "misbehave(uint8)", 500, 0, 0);
    }

    function publish(Permission[] memory permissions) internal returns (bytes32) {
        address[] memory revokers = new address[](1);
        revokers[0] = revoker;
        return manager.publish(studio, revokers, 1 days, keccak256("document"), permissions);
    }

    /// @dev A player with the policy of `permissions` (published if it is not), whose session starts now for an hour.
    function makePlayer(uint256 seed, uint8 scheme, bool foreign, Permission[] memory permissions)
        internal
        returns (Player memory player)
    {
        (, bytes32 tableHash, bytes32 permissionsHash) = manager.packPermissions(permissions);
        address[] memory revokers = new address[](1);
        revokers[0] = revoker;
        bytes32 policyId = keccak256(
            abi.encode(
                studio, keccak256(abi.encodePacked(revokers)), uint24(1 days), permissionsHash, keccak256("document")
            )
        );
        (address owner,,,,) = manager.policyOf(policyId);
        if (owner == address(0)) publish(permissions);
        tableHash;

        player.ownerKey = uint256(keccak256(abi.encode("owner", seed))) >> 8;
        player.sessionKey = uint256(keccak256(abi.encode("session key", seed))) >> 8;
        player.foreign = foreign;
        player.permissions = permissions;
        (player.table,,) = manager.packPermissions(permissions);
        if (foreign) {
            player.account = address(new OpenZeppelinAccount(vm.addr(player.ownerKey)));
            vm.prank(ENTRY_POINT);
            OpenZeppelinAccount(payable(player.account)).installModule(2, address(manager), "");
        } else {
            player.account = factory.getAddress(ownerOf(player));
        }
        player.session = Session({
            account: player.account,
            policyId: policyId,
            key: makeKey(scheme, player.sessionKey),
            validAfter: clock(),
            validUntil: clock() + 1 hours,
            epoch: manager.epochOf(player.account),
            grantDeadline: clock() + 10 minutes,
            permissions: new Permission[](0)
        });
        player.sessionId = manager.sessionIdOf(identityOf(player));
    }

    function makePlayer(uint256 seed) internal returns (Player memory) {
        return makePlayer(seed, P256, false, defaultPermissions());
    }

    /// @dev With an account and an active session.
    function makeActivePlayer(uint256 seed, uint8 scheme, bool foreign) internal returns (Player memory player) {
        player = makePlayer(seed, scheme, foreign, defaultPermissions());
        grant(player);
        assertEq(manager.sessionOf(player.sessionId).status, 1, "granted");
    }

    function makeActivePlayer(uint256 seed) internal returns (Player memory) {
        return makeActivePlayer(seed, P256, false);
    }

    function makeKey(uint8 scheme, uint256 privateKey) internal pure returns (Key memory) {
        if (scheme == SECP256K1) return Key(SECP256K1, abi.encodePacked(vm.addr(privateKey)));
        (uint256 x, uint256 y) = vm.publicKeyP256(privateKey);
        return Key(P256, abi.encodePacked(x, y));
    }

    function ownerOf(Player memory player) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(player.ownerKey));
    }

    function identityOf(Player memory player) internal pure returns (SessionIdentity memory) {
        Session memory session = player.session;
        return SessionIdentity(session.account, session.policyId, keccak256(player.table), session.epoch, session.key);
    }

    // ── Granting ──────────────────────────────────────────────────────────────

    /// @dev Signed by the owner's wallet; creates the account if needed.
    function makeGrant(Player memory player) internal view returns (Grant memory) {
        return Grant(
            player.session,
            player.foreign ? player.table : bytes(""),
            player.foreign ? bytes("") : ownerOf(player),
            signSecp256k1(player.ownerKey, manager.hashSession(player.session))
        );
    }

    function grant(Player memory player) internal {
        if (player.foreign) {
            operate(player, address(manager), abi.encodeCall(manager.execute, (one(makeGrant(player)), "")));
        } else {
            manager.execute(one(makeGrant(player)), "");
        }
    }

    /// @dev A call of the account that its owner wants, as it comes from the EntryPoint.
    function operate(Player memory player, address to, bytes memory data) internal {
        vm.prank(ENTRY_POINT);
        OpenZeppelinAccount(payable(player.account)).execute(bytes32(0), abi.encodePacked(to, uint256(0), data));
    }

    /// @dev Executes only the grant.
    /// @return The error it was rejected with, or nothing.
    function tryGrant(Grant memory grant_) internal returns (bytes memory) {
        vm.recordLogs();
        manager.execute(one(grant_), "");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == ISessionManager.GrantRejected.selector) return abi.decode(logs[i].data, (bytes));
        }
        return "";
    }

    function assertRejected(Grant memory grant_, bytes memory reason, string memory what) internal {
        assertEq(tryGrant(grant_), reason, what);
    }

    // ── Intents ───────────────────────────────────────────────────────────────

    /// @dev The next intent of lane 0.
    function makeIntent(Player memory player, Call[] memory calls) internal view returns (Intent memory) {
        return Intent({
            account: player.account,
            sessionId: player.sessionId,
            lane: 0,
            sequence: manager.laneSequenceOf(player.sessionId, 0),
            calls: calls,
            expiry: clock() + 60,
            callGas: 300_000
        });
    }

    function makeIntent(Player memory player, bytes memory data) internal view returns (Intent memory) {
        return makeIntent(player, calls1(Call(address(target), 0, data)));
    }

    function hit(uint256 number) internal pure returns (bytes memory) {
        return abi.encodeCall(Target.hit, (number));
    }

    function calls1(Call memory call) internal pure returns (Call[] memory calls) {
        calls = new Call[](1);
        calls[0] = call;
    }

    function calls2(Call memory first, Call memory second) internal pure returns (Call[] memory calls) {
        calls = new Call[](2);
        calls[0] = first;
        calls[1] = second;
    }

    /// @dev As it travels, signed by the session key.
    function signed(Player memory player, Intent memory intent) internal view returns (bytes memory) {
        bytes memory signature = signAsKey(player.session.key.scheme, player.sessionKey, manager.hashIntent(intent));
        return encodeIntent(player, intent, signature);
    }

    function encodeIntent(Player memory player, Intent memory intent, bytes memory signature)
        internal
        pure
        returns (bytes memory)
    {
        Key memory key = player.session.key;
        bytes memory calls;
        for (uint256 i; i < intent.calls.length; ++i) {
            calls = bytes.concat(calls, encodeCall(player, intent.calls[i]));
        }
        return bytes.concat(
            abi.encodePacked(intent.account, key.scheme, player.session.epoch, key.publicKey),
            abi.encodePacked(intent.lane, intent.sequence, intent.expiry, intent.callGas),
            abi.encodePacked(signature, uint8(intent.calls.length), calls)
        );
    }

    function encodeCall(Player memory player, Call memory call) internal pure returns (bytes memory) {
        uint256 entry = entryOf(player, call);
        bytes memory args = slice(call.data, 4, call.data.length);
        bool carriesValue = player.permissions[entry].maxValue != 0;
        return abi.encodePacked(
            uint8(entry), uint16(args.length), carriesValue ? abi.encodePacked(uint128(call.value)) : bytes(""), args
        );
    }

    /// @dev Entry for the call; the last one if there is none, as a forger would have to name one.
    function entryOf(Player memory player, Call memory call) internal pure returns (uint256 entry) {
        for (; entry < player.permissions.length - 1; ++entry) {
            Permission memory permission = player.permissions[entry];
            if (permission.to == call.to && bytes4(keccak256(bytes(permission.signature))) == bytes4(call.data)) break;
        }
    }

    function section(Player memory player, bytes[] memory intents) internal pure returns (bytes memory encoded) {
        encoded = abi.encodePacked(
            player.session.policyId, uint8(player.permissions.length), player.table, uint16(intents.length)
        );
        for (uint256 i; i < intents.length; ++i) {
            encoded = bytes.concat(encoded, intents[i]);
        }
    }

    /// @dev Executes sections and tells what became of each intent.
    function run(bytes memory sections) internal returns (Result[] memory) {
        return run(new Grant[](0), sections);
    }

    function run(Grant[] memory grants, bytes memory sections) internal returns (Result[] memory results) {
        vm.recordLogs();
        manager.execute(grants, sections);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        results = new Result[](logs.length);
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(manager)) continue;
            bool executed = logs[i].topics[0] == ISessionManager.IntentExecuted.selector;
            if (!executed && logs[i].topics[0] != ISessionManager.IntentRejected.selector) continue;
            uint256 word = abi.decode(logs[i].data, (uint256));
            results[count++] = Result({
                sessionId: logs[i].topics[1],
                executed: executed,
                success: executed && uint8(word >> 184) == 1,
                reason: bytes4(uint32(word >> (executed ? 152 : 160))),
                lane: uint32(word >> 224),
                sequence: uint32(word >> 192),
                counters: executed ? uint152(word) : 0
            });
        }
        assembly ("memory-safe") {
            mstore(results, count)
        }
    }

    /// @dev Executes one intent.
    function run(Player memory player, Intent memory intent) internal returns (Result memory) {
        return runEncoded(player, signed(player, intent));
    }

    function run(Player memory player, bytes memory data) internal returns (Result memory) {
        return run(player, makeIntent(player, data));
    }

    function runEncoded(Player memory player, bytes memory encoded) internal returns (Result memory) {
        Result[] memory results = run(section(player, one(encoded)));
        assertEq(results.length, 1, "one result");
        return results[0];
    }

    function assertSuccess(Result memory result, string memory what) internal pure {
        assertTrue(result.executed, string.concat(what, ": executed"));
        assertEq(result.reason, bytes4(0), string.concat(what, ": no error"));
        assertTrue(result.success, string.concat(what, ": success"));
    }

    function assertFailure(Result memory result, bytes4 reason, string memory what) internal pure {
        assertTrue(result.executed, string.concat(what, ": executed"));
        assertTrue(!result.success, string.concat(what, ": failure"));
        assertEq(result.reason, reason, what);
    }

    function assertRejection(Result memory result, bytes4 reason, string memory what) internal pure {
        assertTrue(!result.executed, string.concat(what, ": rejected"));
        assertEq(result.reason, reason, what);
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

    // ── Bytes ─────────────────────────────────────────────────────────────────

    function slice(bytes memory data, uint256 start, uint256 end) internal pure returns (bytes memory part) {
        part = new bytes(end - start);
        for (uint256 i; i < part.length; ++i) {
            part[i] = data[start + i];
        }
    }

    /// @dev A copy with one bit flipped.
    function flip(bytes memory data, uint256 position) internal pure returns (bytes memory copy) {
        copy = bytes.concat(data);
        copy[position] ^= 0x01;
    }

    function one(bytes memory item) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function two(bytes memory first, bytes memory second) internal pure returns (bytes[] memory list) {
        list = new bytes[](2);
        (list[0], list[1]) = (first, second);
    }

    function one(Grant memory item) internal pure returns (Grant[] memory list) {
        list = new Grant[](1);
        list[0] = item;
    }

    function none() internal pure returns (Grant[] memory) {
        return new Grant[](0);
    }
}
