// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../src/interfaces/ISessionManager.sol";
import {IPlayerAccountFactory} from "../src/interfaces/IPlayerAccountFactory.sol";
import {ITermsCompiler} from "../src/interfaces/ITermsCompiler.sol";
import {Call, Intent} from "../src/types/Intent.sol";
import {Key, Session} from "../src/types/Session.sol";
import {Permission, Terms} from "../src/types/Terms.sol";
import {OpenZeppelinAccount} from "./accounts/OpenZeppelinAccount.sol";
import {Vm} from "./Base.sol";
import {BundleEncoder} from "./BundleEncoder.sol";
import {SignedData} from "./encoding/SignedData.sol";
import {TableEncoder} from "./encoding/TableEncoder.sol";
import {OwnerGrant, Player, Result} from "./Player.sol";
import {Target} from "./targets/Target.sol";
import {TermsBuilder} from "./TermsBuilder.sol";

/// @notice The contracts, players, a studio, and what a client does: signing and encoding. Writes all bytes from the
/// description of the format, never with the contracts' own code.
abstract contract Playground is TermsBuilder, BundleEncoder {
    uint256 internal constant P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 internal constant SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    address internal constant ENTRY_POINT = 0x433709009B8330FDa32311DF1C2AFA402eD8D009;

    uint8 internal constant SECP256K1 = 1;
    uint8 internal constant P256 = 2;

    ITermsCompiler internal compiler;
    ISessionManager internal manager;
    IPlayerAccountFactory internal factory;
    Target internal target;
    address internal studio = address(0x57d10);
    address internal revoker = address(0x4e70ce4);
    address internal stranger = address(0x57a49e4);

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        compiler = ITermsCompiler(vm.deployCode("TermsCompiler.sol:TermsCompiler"));
        manager = deployManager();
        factory = IPlayerAccountFactory(manager.FACTORY());
        target = new Target();
    }

    function deployManager() internal returns (ISessionManager) {
        return ISessionManager(vm.deployCode("SessionManager.sol:SessionManager", abi.encode(compiler)));
    }

    /// @dev Kind of the accounts of players who are not asked for their kind. Suites that must hold for both kinds are
    /// inherited by a second contract, which says true.
    function foreignAccounts() internal pure virtual returns (bool) {
        return false;
    }

    // ── Terms and policies ────────────────────────────────────────────────────

    /// @dev `hit` a thousand times, `pay` ten times with at most 1 ether each and 2 in total, `misbehave` at will.
    function defaultTerms() internal view returns (Terms memory terms) {
        terms.permissions = new Permission[](3);
        terms.permissions[0] = permissionOf(address(target), "hit(uint256)", 1000);
        terms.permissions[1] = withValue(permissionOf(address(target), "pay(uint256)", 10), 1 ether, 2 ether);
        terms.permissions[2] = permissionOf(address(target), "misbehave(uint8)", 500);
    }

    function revokersOfPolicies() internal view returns (address[] memory revokers) {
        revokers = new address[](1);
        revokers[0] = revoker;
    }

    function publish(Terms memory terms) internal returns (bytes32) {
        return manager.publish(studio, revokersOfPolicies(), 1 days, keccak256("document"), abi.encode(terms));
    }

    function policyIdOf(Terms memory terms) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                studio,
                keccak256(abi.encodePacked(revokersOfPolicies())),
                uint24(1 days),
                SignedData.hashTerms(terms),
                keccak256("document")
            )
        );
    }

    // ── Players ───────────────────────────────────────────────────────────────

    /// @dev A player with the policy of `terms` (published if it is not), whose session starts now for an hour.
    function makePlayer(uint256 seed, uint8 scheme, bool foreign, Terms memory terms)
        internal
        returns (Player memory player)
    {
        bytes32 policyId = policyIdOf(terms);
        (address owner,,,,) = manager.policyOf(policyId);
        if (owner == address(0)) assertEq(publish(terms), policyId, "id of the policy");

        player.ownerKey = uint256(keccak256(abi.encode("owner", seed))) >> 8;
        player.sessionKey = uint256(keccak256(abi.encode("session key", seed))) >> 8;
        player.foreign = foreign;
        if (foreign) {
            player.account = address(new OpenZeppelinAccount(vm.addr(player.ownerKey)));
            install(player.account, 2, address(manager));
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
            terms: terms
        });
        player.table = TableEncoder.encode(terms);
        refresh(player);
    }

    function makePlayer(uint256 seed) internal returns (Player memory) {
        return makePlayer(seed, P256, foreignAccounts(), defaultTerms());
    }

    function makePlayer(uint256 seed, Terms memory terms) internal returns (Player memory) {
        return makePlayer(seed, P256, foreignAccounts(), terms);
    }

    /// @dev With an account and an active session.
    function makeActivePlayer(uint256 seed, uint8 scheme, bool foreign) internal returns (Player memory player) {
        player = makePlayer(seed, scheme, foreign, defaultTerms());
        grant(player);
    }

    function makeActivePlayer(uint256 seed) internal returns (Player memory) {
        return makeActivePlayer(seed, P256, foreignAccounts());
    }

    function makeActivePlayer(uint256 seed, Terms memory terms) internal returns (Player memory player) {
        player = makePlayer(seed, terms);
        grant(player);
    }

    /// @dev The same player with a session of their own terms, within the policy's.
    function useOwnTerms(Player memory player, Terms memory terms) internal pure {
        if (!player.ownTerms) player.policyTable = player.table;
        player.ownTerms = true;
        player.session.terms = terms;
        player.table = TableEncoder.encode(terms);
        refresh(player);
    }

    /// @dev The same player with a session without any policy.
    function useNoPolicy(Player memory player, Terms memory terms) internal pure {
        player.session.policyId = 0;
        useOwnTerms(player, terms);
        player.policyTable = "";
    }

    function useKey(Player memory player, uint8 scheme, uint256 privateKey) internal pure {
        player.sessionKey = privateKey;
        player.session.key = makeKey(scheme, privateKey);
        refresh(player);
    }

    function useEpoch(Player memory player, uint32 epoch) internal pure {
        player.session.epoch = epoch;
        refresh(player);
    }

    /// @dev After a change of anything that the id of the session commits to.
    function refresh(Player memory player) internal pure {
        player.sessionId = idOf(player);
    }

    /// @dev A copy that shares nothing with the original.
    function copy(Player memory player) internal pure returns (Player memory) {
        return abi.decode(abi.encode(player), (Player));
    }

    function makeKey(uint8 scheme, uint256 privateKey) internal pure returns (Key memory) {
        if (scheme == SECP256K1) return Key(SECP256K1, abi.encodePacked(vm.addr(privateKey)));
        (uint256 x, uint256 y) = vm.publicKeyP256(privateKey);
        return Key(P256, abi.encodePacked(x, y));
    }

    function ownerOf(Player memory player) internal pure returns (bytes memory) {
        return abi.encodePacked(vm.addr(player.ownerKey));
    }

    /// @dev A call of the account that its owner wants, as it comes from the EntryPoint.
    function operate(Player memory player, address to, bytes memory data) internal {
        vm.prank(ENTRY_POINT);
        OpenZeppelinAccount(payable(player.account)).execute(bytes32(0), abi.encodePacked(to, uint256(0), data));
    }

    function install(address account, uint256 type_, address module) internal {
        vm.prank(ENTRY_POINT);
        OpenZeppelinAccount(payable(account)).installModule(type_, module, "");
    }

    function uninstall(address account, uint256 type_, address module) internal {
        vm.prank(ENTRY_POINT);
        OpenZeppelinAccount(payable(account)).uninstallModule(type_, module, "");
    }

    // ── Granting ──────────────────────────────────────────────────────────────

    /// @dev Signed by the owner's wallet; creates the account if needed.
    function makeGrant(Player memory player) internal view returns (OwnerGrant memory grant_) {
        grant_ = unsignedGrant(player);
        grant_.signature = signAsOwner(player, sessionHashOf(player), "Session", SignedData.sessionType());
    }

    function unsignedGrant(Player memory player) internal pure returns (OwnerGrant memory grant_) {
        Session memory session = player.session;
        (grant_.validAfter, grant_.validUntil) = (session.validAfter, session.validUntil);
        grant_.grantDeadline = session.grantDeadline;
        if (!player.foreign) grant_.owner = ownerOf(player);
        if (player.ownTerms) (grant_.terms, grant_.policyTable) = (abi.encode(session.terms), player.policyTable);
    }

    /// @dev Grants of sessions of one account, all by one signature, which also ends the sessions of `ended`.
    function makeBatch(Player[] memory players, Player[] memory ended)
        internal
        view
        returns (OwnerGrant[] memory grants)
    {
        bytes32[] memory hashes = new bytes32[](players.length);
        for (uint256 i; i < players.length; ++i) {
            hashes[i] = sessionHashOf(players[i]);
        }
        bytes memory signature = signAsOwner(
            players[0], SignedData.hashSessions(hashes, _idsOf(ended)), "Sessions", SignedData.sessionsType()
        );
        grants = new OwnerGrant[](players.length);
        for (uint256 i; i < players.length; ++i) {
            grants[i] = unsignedGrant(players[i]);
            grants[i].signature = signature;
            grants[i].batch = encodeBatch(hashes, i, ended);
        }
    }

    function _idsOf(Player[] memory players) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](players.length);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = idOf(players[i]);
        }
    }

    function sessionHashOf(Player memory player) internal pure returns (bytes32) {
        return SignedData.hashSession(player.session, SignedData.hashTerms(player.session.terms));
    }

    function grantItem(Player memory player) internal view returns (bytes memory) {
        return grantItem(player, makeGrant(player));
    }

    function grant(Player memory player) internal {
        assertGranted(player, makeGrant(player), "granted");
        assertEq(manager.sessionOf(player.sessionId).status, 1, "active");
    }

    /// @dev Executes only the grant.
    /// @return reason Selector of the error it was rejected with, or zero.
    function tryGrant(Player memory player, OwnerGrant memory grant_) internal returns (bytes4 reason) {
        vm.recordLogs();
        manager.execute(section(player, one(grantItem(player, grant_))));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ISessionManager.GrantRejected.selector) continue;
            assertEq(logs[i].topics[1], idOf(player), "id of the rejected session");
            return abi.decode(logs[i].data, (bytes4));
        }
    }

    function assertGranted(Player memory player, OwnerGrant memory grant_, string memory what) internal {
        assertEq(tryGrant(player, grant_), bytes4(0), what);
    }

    function assertRefused(Player memory player, OwnerGrant memory grant_, bytes4 reason, string memory what) internal {
        assertEq(tryGrant(player, grant_), reason, what);
    }

    /// @dev What the owner would sign now is refused.
    function assertRefused(Player memory player, bytes4 reason, string memory what) internal {
        assertRefused(player, makeGrant(player), reason, what);
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

    function makeIntent(Player memory player, Call memory call) internal view returns (Intent memory) {
        return makeIntent(player, calls1(call));
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
        bytes memory signature = signAsKey(player.session.key.scheme, player.sessionKey, intentDigest(intent));
        return encodeIntent(player, intent, signature);
    }

    /// @dev Executes sections and tells what became of each intent.
    function run(bytes memory sections) internal returns (Result[] memory) {
        vm.recordLogs();
        manager.execute(sections);
        return resultsIn(vm.getRecordedLogs());
    }

    function resultsIn(Vm.Log[] memory logs) internal view returns (Result[] memory results) {
        results = new Result[](logs.length);
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(manager)) continue;
            // The only event without a name: its single topic is the session's id.
            bool executed = logs[i].topics.length == 1;
            if (!executed && logs[i].topics[0] != ISessionManager.IntentRejected.selector) continue;
            uint256 word = abi.decode(logs[i].data, (uint256));
            results[count++] = Result({
                sessionId: logs[i].topics[executed ? 0 : 1],
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

    function run(Player memory player, Call memory call) internal returns (Result memory) {
        return run(player, makeIntent(player, call));
    }

    function run(Player memory player, Call[] memory calls) internal returns (Result memory) {
        return run(player, makeIntent(player, calls));
    }

    function runEncoded(Player memory player, bytes memory item) internal returns (Result memory) {
        Result[] memory results = run(section(player, one(item)));
        assertEq(results.length, 1, "one result");
        return results[0];
    }

    function assertSuccess(Result memory result, string memory what) internal pure {
        assertEq(result.reason, bytes4(0), string.concat(what, ": no error"));
        assertTrue(result.executed, string.concat(what, ": executed"));
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

    function assertCell(Player memory player, uint256 cell, uint256 expected, string memory what) internal view {
        assertEq(manager.sessionOf(player.sessionId).cells[cell], expected, what);
    }

    /// @dev What a meter of the session counts over the whole session.
    function meteredOf(Player memory player, uint256 index) internal view returns (uint256 total) {
        (total,,) = manager.meterOf(player.sessionId, index);
    }

    function assertMeter(Player memory player, uint256 index, uint256 total, uint256 period, uint256 used)
        internal
        view
    {
        (uint256 actualTotal, uint256 actualPeriod, uint256 actualUsed) = manager.meterOf(player.sessionId, index);
        assertEq(actualTotal, total, "meter: total");
        assertEq(actualPeriod, period, "meter: period");
        assertEq(actualUsed, used, "meter: used in the period");
    }

    // ── Signing ───────────────────────────────────────────────────────────────

    /// @dev As the account wants it: plain for a PlayerAccount, nested (ERC-7739) for OpenZeppelin's.
    function signAsOwner(Player memory player, bytes32 contents, string memory contentsName, string memory contentsType)
        internal
        view
        returns (bytes memory)
    {
        bytes32 domain = SignedData.domainOf(address(manager));
        if (!player.foreign) return signSecp256k1(player.ownerKey, SignedData.digest(domain, contents));
        bytes32 digest = SignedData.nestedDigest(
            domain, contents, contentsName, contentsType, "OpenZeppelinAccount", player.account
        );
        return abi.encodePacked(
            signSecp256k1(player.ownerKey, digest), domain, contents, contentsType, uint16(bytes(contentsType).length)
        );
    }

    function intentDigest(Intent memory intent) internal view returns (bytes32) {
        return SignedData.digest(SignedData.domainOf(address(manager)), SignedData.hashIntent(intent));
    }

    function revocationDigest(Player memory player) internal view returns (bytes32) {
        return SignedData.digest(
            SignedData.domainOf(address(manager)), SignedData.hashRevocation(player.account, player.sessionId)
        );
    }

    /// @dev The session key's, over the end of its own session.
    function signRevocation(Player memory player) internal view returns (bytes memory) {
        return signAsKey(player.session.key.scheme, player.sessionKey, revocationDigest(player));
    }

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
}
