// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPolicyRegistry} from "../../src/interfaces/IPolicyRegistry.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Session} from "../../src/types/Session.sol";
import {Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice Every refusal: its reason, and that it uses up nothing and disturbs nobody.
contract ExecuteRejectionsTest is Playground {
    bytes private _player;

    function setUp() public override {
        super.setUp();
        _player = abi.encode(makeActivePlayer(1));
    }

    /// @dev Somebody with an active session; kept encoded, as not every compiler pipeline stores such structs.
    function player() private view returns (Player memory) {
        return abi.decode(_player, (Player));
    }

    /// Guarantee: a refused intent changes nothing at all, and the next good one works.
    function _assertRejected(Player memory who, Intent memory intent, bytes4 reason, string memory what) private {
        _assertEncodedRejected(who, signed(who, intent), reason, what);
    }

    function _assertEncodedRejected(Player memory who, bytes memory encoded, bytes4 reason, string memory what)
        private
    {
        bytes32 before = _stateOf(who);
        Player memory neighbour = makeActivePlayer(clock());
        Result[] memory results = run(
            bytes.concat(
                section(who, one(encoded)), section(neighbour, one(signed(neighbour, makeIntent(neighbour, hit(7)))))
            )
        );
        assertRejection(results[0], reason, what);
        assertSuccess(results[1], "the neighbour");
        assertEq(_stateOf(who), before, string.concat(what, ": nothing used up"));
    }

    function _stateOf(Player memory who) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                manager.sessionOf(who.sessionId),
                manager.laneSequenceOf(who.sessionId, 5),
                meteredOf(who, 0),
                who.account.balance
            )
        );
    }

    /// error: a session that was never granted.
    function test_UnknownSession() public {
        Player memory other = makePlayer(2);
        _assertRejected(other, makeIntent(other, hit(1)), ISessionManager.UnknownSession.selector, "unknown");
    }

    /// error: a session that was revoked, even in the same block.
    function test_RevokedSession() public {
        vm.prank(revoker);
        manager.revoke(identityOf(player()));
        _assertRejected(player(), makeIntent(player(), hit(1)), ISessionManager.RevokedSession.selector, "revoked");
    }

    /// Guarantee: a session is usable from validAfter (inclusive) to validUntil (exclusive), to the second.
    function testFuzz_Window(uint40 start, uint40 duration) public {
        start = uint40(bound(start, 1, 7 days));
        duration = uint40(bound(duration, 60, 1 days));
        Player memory other = makePlayer(2);
        other.session.validAfter = clock() + start;
        other.session.validUntil = other.session.validAfter + duration;
        grant(other);

        vm.warp(other.session.validAfter - 1);
        _assertRejected(other, makeIntent(other, hit(1)), ISessionManager.SessionNotStarted.selector, "before");
        vm.warp(other.session.validAfter);
        assertSuccess(run(other, hit(1)), "first second");
        vm.warp(other.session.validUntil - 1);
        assertSuccess(run(other, hit(1)), "last second");
        vm.warp(other.session.validUntil);
        _assertRejected(other, makeIntent(other, hit(1)), ISessionManager.SessionExpired.selector, "after");
    }

    /// Guarantee: an intent lives until its expiry (exclusive), which is at most 15 minutes away.
    function test_Expiry() public {
        Intent memory intent = makeIntent(player(), hit(1));
        intent.expiry = clock();
        _assertRejected(player(), intent, ISessionManager.IntentExpired.selector, "now");
        intent.expiry = uint40(clock() + 15 minutes + 1);
        _assertRejected(player(), intent, ISessionManager.ExpiryTooFar.selector, "too far");
        intent.expiry = uint40(clock() + 15 minutes);
        assertSuccess(run(player(), intent), "15 minutes");
        intent.sequence = 1;
        intent.expiry = uint40(clock() + 1);
        assertSuccess(run(player(), intent), "one second");
    }

    /// error: what is just allowed is not what is wrong, if something else is.
    function test_ReasonAtTheBounds() public {
        Player memory other = makePlayer(2);
        other.session.validAfter = clock();
        grant(other);
        Intent memory intent = makeIntent(other, hit(1));
        intent.sequence = 1;
        intent.expiry = uint40(clock() + 15 minutes);
        _assertRejected(other, intent, ISessionManager.SequenceAhead.selector, "starts now, expires in 15 minutes");
        intent.expiry = uint40(clock() + 1);
        intent.callGas = 8_000_000;
        _assertRejected(other, intent, ISessionManager.SequenceAhead.selector, "expires in a second, all the gas");
    }

    /// Guarantee: one intent that asks for absurd gas is refused by itself; it cannot stop the bundle.
    function test_CallGasTooHigh() public {
        Intent memory intent = makeIntent(player(), hit(1));
        intent.callGas = 8_000_001;
        _assertRejected(player(), intent, ISessionManager.CallGasTooHigh.selector, "one too much");
        intent.callGas = type(uint32).max;
        _assertRejected(player(), intent, ISessionManager.CallGasTooHigh.selector, "all ones");
        intent.callGas = 8_000_000;
        assertSuccess(run(player(), intent), "the most");
    }

    /// Guarantee: an intent executes at most once, in this bundle or any later one.
    function test_SequenceUsed() public {
        Intent memory intent = makeIntent(player(), hit(1));
        bytes memory encoded = signed(player(), intent);
        Result[] memory results = run(section(player(), two(encoded, encoded)));
        assertSuccess(results[0], "first");
        assertRejection(results[1], ISessionManager.SequenceUsed.selector, "same bundle");
        _assertRejected(player(), intent, ISessionManager.SequenceUsed.selector, "later");
        assertEq(target.visitCount(), 2, "once, and the neighbour");
    }

    /// error: a sequence that is not the next one, on lane 0 and on others.
    function testFuzz_SequenceAhead(uint32 sequence, bool otherLane) public {
        sequence = uint32(bound(sequence, 1, type(uint32).max));
        Intent memory intent = makeIntent(player(), hit(1));
        (intent.lane, intent.sequence) = (otherLane ? 5 : 0, sequence);
        _assertRejected(player(), intent, ISessionManager.SequenceAhead.selector, "ahead");
    }

    /// Guarantee: sequences never wrap around: the last number of a lane stays unused.
    function test_LastSequenceIsNeverUsed() public {
        // The session's word stands at its id.
        bytes32 slot = player().sessionId;
        uint256 word = uint256(vm.load(address(manager), slot));
        vm.store(address(manager), slot, bytes32(word | (uint256(type(uint32).max) << 72)));
        assertEq(manager.laneSequenceOf(player().sessionId, 0), type(uint32).max, "prepared");
        _assertRejected(player(), makeIntent(player(), hit(1)), ISessionManager.SequenceUsed.selector, "last");
    }

    /// Guarantee: a paused policy stops all its sessions at once, and only its own.
    function test_PolicyIsPaused() public {
        Terms memory terms = termsOf(permissionOf(address(target), "hit(uint256)", 5));
        Player memory other = makeActivePlayer(2, terms);
        bytes memory sections = bytes.concat(
            section(player(), one(signed(player(), makeIntent(player(), hit(1))))),
            section(other, one(signed(other, makeIntent(other, hit(1)))))
        );
        vm.prank(revoker);
        manager.pause(player().session.policyId);
        Result[] memory results = run(sections);
        assertRejection(results[0], IPolicyRegistry.PolicyIsPaused.selector, "paused");
        assertSuccess(results[1], "the other policy's");
    }

    /// Guarantee: no more calls than the permission allows, across intents and within one.
    function test_CallLimitReached() public {
        Terms memory terms = termsOf(
            permissionOf(address(target), "hit(uint256)", 3), permissionOf(address(target), "misbehave(uint8)", 1)
        );
        Player memory other = makeActivePlayer(2, terms);
        Call memory call = Call(address(target), 0, hit(1));
        assertSuccess(run(other, makeIntent(other, calls2(call, call))), "two");
        Intent memory tooMany = makeIntent(other, calls2(call, call));
        _assertRejected(other, tooMany, ISessionManager.CallLimitReached.selector, "two more");
        assertSuccess(run(other, hit(1)), "the third");
        _assertRejected(other, makeIntent(other, hit(1)), ISessionManager.CallLimitReached.selector, "the fourth");
        assertEq(manager.sessionOf(other.sessionId).cells[0], 3, "uses");
    }

    /// Guarantee: the highest counter of a session cannot overflow into its neighbour.
    function test_CountersDoNotOverflow() public {
        Terms memory terms = termsOf(
            permissionOf(address(target), "hit(uint256)", 524_287), permissionOf(address(target), "misbehave(uint8)", 5)
        );
        Player memory other = makeActivePlayer(2, terms);
        bytes32 slot = other.sessionId;
        uint256 word = uint256(vm.load(address(manager), slot));
        vm.store(address(manager), slot, bytes32(word | (uint256(524_286) << 104)));
        assertSuccess(run(other, hit(1)), "the last one");
        assertEq(manager.sessionOf(other.sessionId).cells[0], 524_287, "full");
        assertEq(manager.sessionOf(other.sessionId).cells[1], 0, "neighbour");
        _assertRejected(other, makeIntent(other, hit(1)), ISessionManager.CallLimitReached.selector, "one more");
    }

    /// Guarantee: no call carries more value than signed, and no session more in total.
    function testFuzz_ValueLimits(uint256 seed) public {
        vm.deal(player().account, 100 ether);
        uint256 spent;
        for (uint256 i; i < 5; ++i) {
            uint128 first = uint128(uint256(keccak256(abi.encode(seed, i))) % 1.2 ether);
            uint128 second = uint128(uint256(keccak256(abi.encode(seed, i, "second"))) % 0.5 ether);
            Call[] memory calls = calls2(
                Call(address(target), first, abi.encodeCall(Target.pay, (1))),
                Call(address(target), second, abi.encodeCall(Target.pay, (2)))
            );
            Result memory result = run(player(), makeIntent(player(), calls));
            if (first > 1 ether) {
                assertRejection(result, ISessionManager.ValuePerCallExceeded.selector, "per call");
            } else if (spent + first + second > 2 ether) {
                assertRejection(result, ISessionManager.ValueLimitReached.selector, "total");
            } else {
                assertSuccess(result, "within");
                spent += first + second;
            }
            assertEq(meteredOf(player(), 0), spent, "counted");
            assertEq(address(target).balance, spent, "sent");
        }
    }

    /// Guarantee: an entry without value carries none, whatever is signed.
    function test_NoValueWithoutLimit() public {
        vm.deal(player().account, 1 ether);
        Intent memory intent = makeIntent(player(), calls1(Call(address(target), 1, hit(1))));
        _assertRejected(player(), intent, ISessionManager.InvalidKeySignature.selector, "value is not even readable");
    }

    /// error: a contract that does not exist (yet).
    function test_TargetHasNoCode() public {
        Terms memory terms = termsOf(permissionOf(address(0xc0de1e55), "hit(uint256)", 3));
        Player memory other = makeActivePlayer(2, terms);
        Intent memory intent = makeIntent(other, calls1(Call(address(0xc0de1e55), 0, hit(1))));
        _assertRejected(other, intent, ISessionManager.TargetHasNoCode.selector, "no code");
    }

    /// Guarantee: each bit that the session key signed counts: flipping any of them is a forgery (or a bundle that cannot
    /// be parsed), and nothing executes. Only three bits of a bundle say nothing, see `testFuzz_FurtherCalls`.
    function testFuzz_AnyFlippedBitIsRefused(uint256 position, uint8 bit, bool k1) public {
        Player memory other = makeActivePlayer(3, k1 ? SECP256K1 : P256, foreignAccounts());
        vm.deal(other.account, 5 ether);
        Call[] memory calls =
            calls2(Call(address(target), 0, hit(1)), Call(address(target), 1 wei, abi.encodeCall(Target.pay, (2))));
        bytes memory sections = section(other, one(signed(other, makeIntent(other, calls))));
        position = bound(position, 0, sections.length - 1);
        bit %= 8;
        sections[position] ^= bytes1(uint8(1 << bit));
        // The three bits that say nothing: it is what was signed that executes.
        if (bit >= 5 && position == 34 + other.table.length + head(other, 0).length + 4) {
            assertSuccess(run(sections)[0], "as signed");
            Target.Visit[] memory visits = target.visits();
            assertEq(visits.length, 2, "visits");
            assertTrue(visits[0].number == 1 && visits[0].value == 0, "first call");
            assertTrue(visits[1].number == 2 && visits[1].value == 1, "second call");
            return;
        }
        try this.runExternally(sections) returns (Result[] memory results) {
            for (uint256 i; i < results.length; ++i) {
                assertTrue(!results[i].executed, "executed a forgery");
            }
        } catch {}
        assertEq(target.visitCount(), 0, "no visit");
        assertEq(manager.sessionOf(other.sessionId).nextSequence, 0, "nothing used up");
    }

    function runExternally(bytes memory sections) external returns (Result[] memory) {
        return run(sections);
    }

    /// Guarantee: an intent is worth nothing for another account, chain, or instance of the module.
    function test_IsBoundToAccountChainAndModule() public {
        Intent memory intent = makeIntent(player(), hit(1));
        bytes memory encoded = signed(player(), intent);

        Player memory other = makePlayer(5);
        useKey(other, P256, player().sessionKey);
        grant(other);
        bytes memory signature = signAsKey(P256, player().sessionKey, intentDigest(intent));
        _assertEncodedRejected(
            other,
            encodeIntent(other, makeIntent(other, hit(1)), signature),
            ISessionManager.InvalidKeySignature.selector,
            "account"
        );

        vm.chainId(1);
        assertRejection(runEncoded(player(), encoded), ISessionManager.InvalidKeySignature.selector, "chain");
        vm.chainId(31_337);

        ISessionManager original = manager;
        manager = deployManager();
        Result[] memory results = run(section(player(), one(encoded)));
        assertRejection(results[0], ISessionManager.UnknownSession.selector, "module");
        manager = original;
        assertSuccess(runEncoded(player(), encoded), "unchanged");
    }

    /// Guarantee: contract and function are allowed as a pair, never crosswise.
    function test_PairsAreNotMixed() public {
        Target second = new Target();
        Terms memory terms = termsOf(
            permissionOf(address(target), "hit(uint256)", 3), permissionOf(address(second), "misbehave(uint8)", 3)
        );
        Player memory other = makeActivePlayer(2, terms);
        Intent memory intent = makeIntent(other, calls1(Call(address(second), 0, hit(1))));
        _assertRejected(other, intent, ISessionManager.InvalidKeySignature.selector, "(second, hit)");
        intent = makeIntent(other, calls1(Call(address(target), 0, abi.encodeCall(Target.misbehave, (0)))));
        _assertRejected(other, intent, ISessionManager.InvalidKeySignature.selector, "(target, misbehave)");
    }

    /// Guarantee: the relayer cannot choose between entries: a call that is signed for one cannot be charged to another.
    function test_ForgedEntryIndex() public {
        Intent memory intent = makeIntent(player(), hit(1));
        bytes memory encoded = signed(player(), intent);
        uint256 position = encoded.length - 4;
        assertEq(uint8(encoded[position]), 31 << 3, "entry 0, 31 zeros left out");
        encoded[position] |= 0x02;
        _assertEncodedRejected(player(), encoded, ISessionManager.InvalidKeySignature.selector, "forged index");
    }

    /// Guarantee: a relayer cannot bring a table of their own: limits are those the session id commits to.
    function test_ForgedTable() public {
        bytes memory encoded = signed(player(), makeIntent(player(), hit(1)));
        Player memory forger = player();
        for (uint256 i; i < forger.table.length; ++i) {
            bytes memory table = forger.table;
            forger.table = flip(table, i);
            try this.runExternally(section(forger, one(encoded))) returns (Result[] memory results) {
                for (uint256 j; j < results.length; ++j) {
                    assertTrue(!results[j].executed, "executed with a forged table");
                }
            } catch {}
            forger.table = table;
        }
        assertEq(target.visitCount(), 0, "no visit");
        Session memory session = player().session;
        session.policyId = bytes32(uint256(session.policyId) ^ 1);
        forger.session = session;
        assertRejection(run(section(forger, one(encoded)))[0], ISessionManager.UnknownSession.selector, "policy");
    }

    /// Guarantee: several calls are signed as one list: none can be dropped, added, or moved.
    function test_CallListIsSignedAsAWhole() public {
        Call memory first = Call(address(target), 0, hit(1));
        Call memory second = Call(address(target), 0, hit(2));
        Intent memory intent = makeIntent(player(), calls2(first, second));
        bytes memory signature = signAsKey(P256, player().sessionKey, intentDigest(intent));
        Call[][3] memory forgeries = [calls1(first), calls1(second), calls2(second, first)];
        for (uint256 i; i < 3; ++i) {
            intent.calls = forgeries[i];
            bytes memory encoded = encodeIntent(player(), intent, signature);
            _assertEncodedRejected(player(), encoded, ISessionManager.InvalidKeySignature.selector, "changed list");
        }
    }

    /// Guarantee: an intent has exactly one signature: high s, zero and overlong parts are refused.
    function test_SignatureIsUnique() public {
        for (uint8 scheme = SECP256K1; scheme <= P256; ++scheme) {
            Player memory other = makeActivePlayer(10 + scheme, scheme, foreignAccounts());
            uint256 order = scheme == P256 ? P256_N : SECP256K1_N;
            Intent memory intent = makeIntent(other, hit(1));
            bytes memory signature = signAsKey(scheme, other.sessionKey, intentDigest(intent));
            uint256 r = uint256(bytes32(signature));
            uint256 vs = uint256(bytes32(slice(signature, 32, 64)));
            uint256 parity = scheme == SECP256K1 ? vs & (1 << 255) : 0;
            uint256 s = vs & (type(uint256).max >> 1);
            uint256[2][7] memory forgeries = [
                [r, (order - s) | (parity ^ (scheme == SECP256K1 ? 1 << 255 : 0))],
                [r, order - s],
                [0, vs],
                [r, 0],
                [order, vs],
                [uint256(0), 0],
                [type(uint256).max, type(uint256).max]
            ];
            for (uint256 i; i < forgeries.length; ++i) {
                bytes memory forged = abi.encodePacked(forgeries[i][0], forgeries[i][1]);
                _assertEncodedRejected(
                    other, encodeIntent(other, intent, forged), ISessionManager.InvalidKeySignature.selector, "forged"
                );
            }
            assertSuccess(runEncoded(other, encodeIntent(other, intent, signature)), "the one");
        }
    }

    /// Guarantee: sessions of one key do not share counters.
    function test_SessionsOfOneKeyAreIndependent() public {
        Terms memory terms = termsOf(permissionOf(address(target), "hit(uint256)", 5));
        Player memory second = makeActivePlayer(1, terms);
        assertTrue(second.sessionId != player().sessionId, "two sessions");
        assertSuccess(run(second, hit(1)), "second");
        assertEq(manager.sessionOf(player().sessionId).nextSequence, 0, "first is untouched");
        assertSuccess(run(player(), hit(1)), "first");
        assertEq(manager.sessionOf(second.sessionId).cells[0], 1, "second is untouched");
    }
}

/// @notice The same for somebody else's accounts.
contract ExecuteRejectionsOfForeignAccountTest is ExecuteRejectionsTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}
