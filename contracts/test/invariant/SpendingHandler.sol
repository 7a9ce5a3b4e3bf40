// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Terms} from "../../src/types/Terms.sol";
import {OwnerGrant, Player, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";
import {SpendingModel} from "./SpendingModel.sol";

/// @notice What the fuzzer may do with three accounts (own and foreign, both schemes) and their sessions, of which there
/// are ever more: use them, alone and together, renew, rotate, end and forge them, and let time pass.
contract SpendingHandler is SpendingModel {
    uint256 private constant ACCOUNTS = 3;
    uint256 private constant MAX_SESSIONS = 7;
    uint256 private constant TOKENS_OF_EACH = 1_000_000;
    uint256 private constant ETHER_OF_EACH = 1000 ether;

    /// @dev Sessions, encoded, as not every compiler pipeline stores such structs. The first of each account come first.
    bytes[] private _sessions;
    bytes[] private _seen;
    bytes[] private _grants;
    bytes32[] public sessionIds;
    address[] public accounts;
    uint256 public surprises;
    string public lastSurprise;

    function setUp() public override {
        super.setUp();
        _makeTokens();
        Terms memory terms = _terms();
        for (uint256 i; i < ACCOUNTS; ++i) {
            Player memory player = makePlayer(i, i % 2 == 0 ? P256 : SECP256K1, i >= 2, terms);
            player.session.validUntil = clock() + 6 hours;
            grant(player);
            accounts.push(player.account);
            _keep(player);
            for (uint256 token; token < TOKENS; ++token) {
                tokens[token].mint(player.account, TOKENS_OF_EACH);
                _balances[player.account][token] = TOKENS_OF_EACH;
            }
            vm.deal(player.account, ETHER_OF_EACH);
            ethers[player.account] = ETHER_OF_EACH;
            // From long ago, when nobody thought of sessions.
            operate(player, address(tokens[0]), abi.encodeCall(IERC20.approve, (address(shop), type(uint256).max)));
        }
        target.prepareCallback(address(manager), abi.encodeCall(manager.execute, (hex"00")));
    }

    function _keep(Player memory player) private {
        _sessions.push(abi.encode(player));
        sessionIds.push(player.sessionId);
        validUntil[player.sessionId] = player.session.validUntil;
    }

    function actions() external pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](8);
        selectors[0] = this.play.selector;
        selectors[1] = this.playTogether.selector;
        selectors[2] = this.replay.selector;
        selectors[3] = this.regrant.selector;
        selectors[4] = this.rotate.selector;
        selectors[5] = this.end.selector;
        selectors[6] = this.pass.selector;
        selectors[7] = this.takeTokens.selector;
    }

    // ── Intents ───────────────────────────────────────────────────────────────

    /// @dev Three intents of one session, of up to three calls each.
    function play(uint256 which, uint256 seed, bool otherLane) external {
        Player memory player = sessionAt(which);
        for (uint256 i; i < 3; ++i) {
            Intent memory intent = _intent(player, uint256(keccak256(abi.encode(seed, i))), otherLane);
            _seen.push(abi.encode(which, intent));
            _submit(player, intent);
        }
    }

    /// @dev Three sessions in one bundle, the second and third repeating expiry and gas.
    function playTogether(uint256 which, uint256 seed) external {
        bytes[] memory items = new bytes[](3);
        bool[3] memory executed;
        bool[3] memory succeeded;
        Player memory player;
        for (uint256 i; i < 3; ++i) {
            player = sessionAt(addmod(which, uint256(keccak256(abi.encode(seed, "which", i))), type(uint128).max));
            Intent memory intent = _intent(player, uint256(keccak256(abi.encode(seed, i))), false);
            (executed[i], succeeded[i]) = _expect(player, intent);
            bytes memory signature = signAsKey(player.session.key.scheme, player.sessionKey, intentDigest(intent));
            items[i] = i == 0 ? encodeIntent(player, intent, signature) : encodeRepeating(player, intent, signature);
        }
        Result[] memory results = run(section(player, items));
        if (results.length != 3) return _surprise("three results");
        for (uint256 i; i < 3; ++i) {
            if (results[i].executed != executed[i]) _surprise("together: executed or not");
            if (results[i].success != succeeded[i]) _surprise("together: succeeded or not");
        }
    }

    /// @dev Anything that was ever submitted, again, under the session it was signed for, or under another.
    function replay(uint256 index, uint256 which) external {
        if (_seen.length == 0) return;
        (uint256 original, Intent memory intent) = abi.decode(_seen[index % _seen.length], (uint256, Intent));
        Player memory player = sessionAt(original);
        // The number of sessions has grown meanwhile, so it may well be another's.
        if (player.sessionId != intent.sessionId) return _mustNotExecute(player, intent);
        if (which % 2 == 0) return _submit(player, intent);
        Player memory other = sessionAt(which);
        if (other.sessionId != player.sessionId) _mustNotExecute(other, intent);
    }

    function _mustNotExecute(Player memory player, Intent memory intent) private {
        bytes memory signature = signAsKey(player.session.key.scheme, player.sessionKey, intentDigest(intent));
        Result[] memory results = run(section(player, one(encodeIntent(player, intent, signature))));
        if (results[0].executed) _surprise("under another session");
    }

    function _submit(Player memory player, Intent memory intent) private {
        (bool executed, bool succeeds) = _expect(player, intent);
        Result[] memory results = run(section(player, one(signed(player, intent))));
        if (results.length != 1) return _surprise("one result");
        if (results[0].executed != executed) _surprise("executed or not");
        if (results[0].success != succeeds) _surprise("succeeded or not");
    }

    function _intent(Player memory player, uint256 seed, bool otherLane) private view returns (Intent memory intent) {
        Call[] memory calls = new Call[](1 + seed % 3);
        for (uint256 i; i < calls.length; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, "call", i)));
            calls[i] = _callOf(player, random % ENTRIES, random / ENTRIES);
        }
        intent = makeIntent(player, calls);
        intent.lane = otherLane ? 3 : 0;
        intent.sequence = nextSequence[player.sessionId][intent.lane];
        intent.callGas = 500_000;
    }

    // ── Grants ────────────────────────────────────────────────────────────────

    /// @dev A renewal, an old one again, or a forged one.
    function regrant(uint256 which, uint256 index, uint8 how) external {
        if (how % 3 == 0) _renew(which, uint40(index % 8 hours));
        if (how % 3 == 1) _replayGrant(index);
        if (how % 3 == 2) _forgeGrant(which, index);
    }

    /// @dev With a later end, mostly.
    function _renew(uint256 which, uint40 duration) private {
        Player memory player = sessionAt(which);
        player.session.validUntil = clock() + 1 + duration;
        player.session.grantDeadline = clock() + 60;
        bytes32 id = player.sessionId;
        bool stale = epochs[player.account] != player.session.epoch;
        bool same = player.session.validUntil == validUntil[id];
        bool fine = !revoked[id] && (same || (!stale && player.session.validUntil > validUntil[id]));
        OwnerGrant memory grant_ = makeGrant(player);
        _grants.push(abi.encode(which, grant_));
        if ((tryGrant(player, grant_) == 0) != fine) _surprise("renewed or not");
        if (fine) validUntil[id] = player.session.validUntil;
    }

    /// @dev A renewal that was signed once. Within its minute it may still be good; it never takes time away.
    function _replayGrant(uint256 index) private {
        if (_grants.length == 0) return;
        (uint256 which, OwnerGrant memory grant_) = abi.decode(_grants[index % _grants.length], (uint256, OwnerGrant));
        Player memory player = sessionAt(which);
        bool longer = grant_.validUntil > validUntil[player.sessionId];
        tryGrant(player, grant_);
        uint40 now_ = manager.sessionOf(player.sessionId).validUntil;
        if (now_ == validUntil[player.sessionId]) return;
        if (!longer || now_ != grant_.validUntil || clock() >= grant_.grantDeadline) _surprise("replayed grant");
        validUntil[player.sessionId] = now_;
    }

    /// @dev A new session of the same account, by another key; sometimes the old one ends with the same signature.
    function rotate(uint256 which, uint8 how) external {
        if (_sessions.length == MAX_SESSIONS) return;
        bool ends = how % 3 == 0;
        Player memory old = sessionAt(which);
        Player memory fresh = copy(old);
        fresh.session.epoch = epochs[old.account];
        fresh.session.validAfter = clock();
        fresh.session.validUntil = clock() + 3 hours;
        fresh.session.grantDeadline = clock() + 60;
        useKey(fresh, _sessions.length % 2 == 0 ? P256 : SECP256K1, 0x1000 + _sessions.length);
        OwnerGrant memory grant_ = makeBatch(one(fresh), ends ? one(old) : nobody())[0];
        if (tryGrant(fresh, grant_) != 0) return _surprise("rotated");
        _keep(fresh);
        if (ends) revoked[old.sessionId] = true;
    }

    /// @dev Somebody else's key, with a signature of the owner's over something else.
    function _forgeGrant(uint256 which, uint256 index) private {
        Player memory forger = sessionAt(which);
        OwnerGrant memory forged = makeGrant(forger);
        if (_grants.length != 0) (, forged) = abi.decode(_grants[index % _grants.length], (uint256, OwnerGrant));
        forged.grantDeadline = forged.validUntil = clock() + 60;
        forged.validAfter = clock();
        useKey(forger, P256, 0xbad);
        if (tryGrant(forger, forged) == 0) _surprise("forged grant");
        if (manager.sessionOf(forger.sessionId).status != 0) _surprise("forged session");
    }

    // ── Ends, time, and others ────────────────────────────────────────────────

    /// @dev Rarely, so that some sessions live on: one session, or all of the account.
    function end(uint256 which, uint8 how) external {
        if (how % 6 != 0) return;
        Player memory player = sessionAt(which);
        if (how % 12 == 0) {
            operate(player, address(manager), abi.encodeCall(manager.revokeAll, ()));
            ++epochs[player.account];
        } else {
            manager.revokeByKey(identityOf(player), signRevocation(player));
            revoked[player.sessionId] = true;
        }
    }

    function pass(uint256 time) external {
        vm.warp(clock() + bound(time, 1, 1 hours));
    }

    /// @dev Whoever was allowed to, by a session's calls, takes what they can; or the owner spends what they like, whatever
    /// their sessions may.
    function takeTokens(uint256 which, uint256 amount, bool asOwner) external {
        Player memory player = sessionAt(which);
        address spender = spenderOf(player.sessionId);
        amount = bound(amount, 0, asOwner ? 5000 : tokens[0].allowance(player.account, spender));
        _balances[player.account][0] -= amount;
        if (asOwner) {
            operate(player, address(tokens[0]), abi.encodeCall(IERC20.transfer, (studio, amount)));
        } else {
            vm.prank(spender);
            tokens[0].transferFrom(player.account, spender, amount);
            _lost[player.sessionId][0] += amount;
        }
    }

    function _surprise(string memory what) private {
        ++surprises;
        lastSurprise = what;
    }

    // ── For the invariants ────────────────────────────────────────────────────

    function sessionManager() external view returns (ISessionManager) {
        return manager;
    }

    function sharedTarget() external view returns (Target) {
        return target;
    }

    function sessionCount() external view returns (uint256) {
        return _sessions.length;
    }

    function accountCount() external pure returns (uint256) {
        return ACCOUNTS;
    }

    function sessionAt(uint256 index) public view returns (Player memory) {
        return abi.decode(_sessions[index % _sessions.length], (Player));
    }
}
