// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {SpendLimit} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";
import {Token} from "../targets/Token.sol";

/// @notice What an item may leave out: expiry and gas that are those of the intent before it, and the lane if it is 0.
contract ExecuteRepeatingTest is Playground {
    bytes[3] private _players;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            uint8 scheme = i == 1 ? SECP256K1 : P256;
            _players[i] = abi.encode(makeActivePlayer(i, scheme, i == 2 ? !foreignAccounts() : foreignAccounts()));
        }
    }

    /// @dev Three with the same policy; the last has an account of the other kind.
    function player(uint256 index) private view returns (Player memory) {
        return abi.decode(_players[index], (Player));
    }

    function _repeating(Player memory who, Intent memory intent) private view returns (bytes memory) {
        return encodeRepeating(who, intent, signAsKey(who.session.key.scheme, who.sessionKey, intentDigest(intent)));
    }

    /// @dev Of any player: `hit` with their own number.
    function _intent(uint256 index) private view returns (Intent memory) {
        return makeIntent(player(index), hit(index));
    }

    /// @dev An item that says when it expires, and one that does not, in one section.
    function _pair(Intent memory first, Intent memory second) private view returns (bytes memory) {
        return section(player(0), two(signed(player(0), first), _repeating(player(1), second)));
    }

    function _assertBoth(Result[] memory results, bytes4 reason, string memory what) private pure {
        assertEq(results.length, 2, "two results");
        assertRejection(results[0], reason, string.concat(what, ": the first"));
        assertRejection(results[1], reason, string.concat(what, ": the second"));
    }

    // ── Expiry and gas ────────────────────────────────────────────────────────

    /// behavior: they are repeated across items, keys, kinds of account, and sections, as often as one likes.
    function testFuzz_Repeats(uint40 lifetime, uint32 callGas) public {
        Intent[3] memory intents = [_intent(0), _intent(1), _intent(2)];
        for (uint256 i; i < 3; ++i) {
            intents[i].expiry = clock() + uint40(1 + lifetime % 15 minutes);
            intents[i].callGas = 200_000 + callGas % 7_800_001;
        }
        Intent memory again = _intent(0);
        (again.sequence, again.expiry, again.callGas) = (1, intents[0].expiry, intents[0].callGas);
        Result[] memory results = run(
            bytes.concat(
                section(player(0), two(signed(player(0), intents[0]), _repeating(player(1), intents[1]))),
                section(player(0), two(_repeating(player(2), intents[2]), _repeating(player(0), again)))
            )
        );
        for (uint256 i; i < 4; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(target.visitCount(), 4, "visits");
    }

    /// behavior: the last intent that said its own counts.
    function test_LastSaid() public {
        Intent[3] memory intents = [_intent(0), _intent(1), _intent(2)];
        intents[1].expiry = intents[2].expiry = clock() + 7;
        bytes[] memory items = new bytes[](3);
        items[0] = signed(player(0), intents[0]);
        items[1] = signed(player(1), intents[1]);
        items[2] = _repeating(player(2), intents[2]);
        Result[] memory results = run(section(player(0), items));
        for (uint256 i; i < 3; ++i) {
            assertSuccess(results[i], "each");
        }
    }

    /// Guarantee: what is repeated is what the key signed: to a relayer it gives no other expiry, and no other gas.
    function test_SignedTermsCount() public {
        Intent memory second = _intent(1);
        second.expiry += 1;
        Result[] memory results = run(_pair(_intent(0), second));
        assertSuccess(results[0], "the first");
        assertRejection(results[1], ISessionManager.InvalidKeySignature.selector, "another expiry");
        second.expiry -= 1;
        second.callGas -= 1;
        Intent memory first = _intent(0);
        results = run(_pair(first, second));
        assertSuccess(results[0], "the first");
        assertRejection(results[1], ISessionManager.InvalidKeySignature.selector, "other gas");
        assertEq(manager.sessionOf(player(1).sessionId).nextSequence, 0, "nothing used up");
    }

    /// Guarantee: the first intent of a bundle has none to repeat, and never executes, whatever was signed, and whatever
    /// bundle went before it; not even for gas 0 and expiry 0, which is what it comes to.
    function test_NothingToRepeat() public {
        bytes4 reason = ISessionManager.IntentExpired.selector;
        Intent memory intent = _intent(0);
        assertRejection(runEncoded(player(0), _repeating(player(0), intent)), reason, "first of a bundle");
        assertSuccess(run(player(1), hit(1)), "another bundle");
        assertRejection(runEncoded(player(0), _repeating(player(0), intent)), reason, "nothing is kept");
        (intent.expiry, intent.callGas) = (0, 0);
        assertRejection(runEncoded(player(0), _repeating(player(0), intent)), reason, "zeros");

        // A grant in front of it says nothing of intents.
        Player memory other = makePlayer(7);
        intent = makeIntent(other, hit(7));
        bytes memory grantFirst = withGrant(other, makeGrant(other), _repeating(other, intent));
        assertRejection(runEncoded(other, grantFirst), reason, "with a grant");
        assertEq(manager.sessionOf(other.sessionId).status, 1, "granted all the same");
        Player memory third = makePlayer(8);
        intent = _intent(0);
        Result[] memory results = run(section(third, two(grantItem(third), _repeating(player(0), intent))));
        assertRejection(results[0], reason, "behind a grant");
        assertEq(target.visitCount(), 1, "only the one that said it");
        assertSuccess(run(player(0), intent), "nothing used up");
    }

    /// behavior: an intent that is refused or fails can be repeated: of those before it, nobody else suffers.
    function test_AfterRefusalsAndFailures() public {
        Intent memory first = _intent(0);
        first.sequence = 5;
        Result[] memory results = run(_pair(first, _intent(1)));
        assertRejection(results[0], ISessionManager.SequenceAhead.selector, "refused");
        assertSuccess(results[1], "behind a refused one");

        bytes memory forged = encodeIntent(player(0), _intent(0), new bytes(64));
        results = run(section(player(0), two(forged, _repeating(player(1), _intent(1)))));
        assertRejection(results[0], ISessionManager.InvalidKeySignature.selector, "forged");
        assertSuccess(results[1], "behind a forged one");

        first = makeIntent(player(0), abi.encodeCall(Target.misbehave, (target.REVERT())));
        results = run(_pair(first, _intent(1)));
        assertFailure(results[0], Target.Refused.selector, "failed");
        assertSuccess(results[1], "behind a failed one");

        Player memory unknown = makePlayer(9);
        bytes memory stranger_ = signed(unknown, makeIntent(unknown, hit(9)));
        results = run(section(player(0), two(stranger_, _repeating(player(1), _intent(1)))));
        assertRejection(results[0], ISessionManager.UnknownSession.selector, "unknown");
        assertSuccess(results[1], "behind an unknown session's");
    }

    /// Guarantee: bounds hold for what is repeated: expired, too far, too much gas, though signed.
    function test_BoundsHold() public {
        for (uint256 i; i < 3; ++i) {
            (Intent memory first, Intent memory second) = (_intent(0), _intent(1));
            bytes4 reason = ISessionManager.IntentExpired.selector;
            if (i == 0) first.expiry = second.expiry = clock();
            if (i == 1) {
                first.expiry = second.expiry = clock() + 15 minutes + 1;
                reason = ISessionManager.ExpiryTooFar.selector;
            }
            if (i == 2) {
                first.callGas = second.callGas = 8_000_001;
                reason = ISessionManager.CallGasTooHigh.selector;
            }
            _assertBoth(run(_pair(first, second)), reason, "out of bounds");
            // Behind it, one that says its own is free of it.
            Intent memory third = _intent(2);
            assertSuccess(run(section(player(2), two(signed(player(0), first), signed(player(2), third))))[1], "own");
        }
        assertEq(target.visitCount(), 3, "visits");
    }

    /// behavior: a grant in between, with or without an intent, changes nothing; nor does a spending session.
    function test_AcrossGrantsAndSpending() public {
        Player memory late = makePlayer(7);
        Intent memory moving = makeIntent(late, hit(7));
        Token token = new Token();
        Player memory spender = makePlayer(
            8,
            withSpendLimit(
                termsOf(permissionOf(address(token), "transfer(address,uint256)", 10)),
                SpendLimit(address(token), 100, 0, 0)
            )
        );
        grant(spender);
        token.mint(spender.account, 100);
        Call memory call = Call(address(token), 0, abi.encodeCall(token.transfer, (studio, 60)));
        bytes[] memory items = new bytes[](3);
        items[0] = signed(player(0), _intent(0));
        items[1] = grantItem(late);
        items[2] = withGrant(late, makeGrant(late), _repeating(late, moving));
        Result[] memory results = run(
            bytes.concat(
                section(player(0), items),
                section(spender, one(_repeating(spender, makeIntent(spender, call)))),
                section(player(0), one(_repeating(player(2), _intent(2))))
            )
        );
        assertEq(results.length, 4, "results");
        for (uint256 i; i < 4; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(token.balanceOf(studio), 60, "spent");
    }

    /// Guarantee: the gas that is repeated is what the call gets, and no more.
    function test_GasIsRepeated() public {
        Intent memory first = _intent(0);
        Intent memory burning = makeIntent(player(1), abi.encodeCall(Target.misbehave, (target.BURN_GAS())));
        first.callGas = burning.callGas = 1_000_000;
        bytes memory sections = _pair(first, burning);
        uint256 before = gasleft();
        Result[] memory results = run(sections);
        uint256 used = before - gasleft();
        assertSuccess(results[0], "the first");
        assertTrue(!results[1].success && results[1].executed, "burnt");
        assertTrue(used > 950_000 && used < 1_950_000, "one million, not two");
    }

    // ── Lanes ─────────────────────────────────────────────────────────────────

    /// Guarantee: a lane is of one item only, with or without expiry and gas.
    function testFuzz_LanesDoNotLeak(uint32 lane) public {
        lane = uint32(bound(lane, 1, type(uint32).max));
        bytes[] memory items = new bytes[](4);
        Intent memory intent = _intent(0);
        intent.lane = lane;
        items[0] = signed(player(0), intent);
        items[1] = _repeating(player(0), _intent(0));
        intent.sequence = 1;
        items[2] = _repeating(player(0), intent);
        items[3] = _repeating(player(2), _intent(2));
        Result[] memory results = run(section(player(0), items));
        for (uint256 i; i < 4; ++i) {
            assertSuccess(results[i], "each");
            assertEq(results[i].lane, i % 2 == 0 ? lane : 0, "lane");
        }
        assertEq(manager.laneSequenceOf(player(0).sessionId, lane), 2, "its lane");
        assertEq(manager.laneSequenceOf(player(0).sessionId, 0), 1, "lane 0");
        assertEq(manager.laneSequenceOf(player(2).sessionId, lane), 0, "nobody else's");
    }

    /// Guarantee: the lane is signed: an intent of one lane is nothing on another, also if its lane is left out.
    function testFuzz_LaneIsSigned(uint32 lane, uint32 claimed) public {
        Player memory who = player(0);
        Intent memory intent = _intent(0);
        intent.lane = lane;
        if (claimed == lane) claimed ^= 1;
        bytes memory signature = signAsKey(P256, who.sessionKey, intentDigest(intent));
        intent.lane = claimed;
        assertRejection(
            runEncoded(who, encodeIntent(who, intent, signature)),
            ISessionManager.InvalidKeySignature.selector,
            "another lane"
        );
        intent.lane = lane;
        assertSuccess(runEncoded(who, encodeIntent(who, intent, signature)), "its own");
    }

    /// behavior: lane 0 may be spelled out; it is the same intent, which executes once.
    function test_LaneZeroSpelledOut() public {
        Player memory who = player(0);
        bytes memory short = signed(who, _intent(0));
        uint256 start = head(who, 0).length;
        bytes memory long = bytes.concat(head(who, WITH_LANE), new bytes(4), slice(short, start, short.length));
        Result[] memory results = run(section(who, two(long, short)));
        assertSuccess(results[0], "spelled out");
        assertEq(results[0].lane, 0, "lane 0");
        assertRejection(results[1], ISessionManager.SequenceUsed.selector, "the same again");
        assertEq(manager.laneSequenceOf(who.sessionId, 0), 1, "once");
    }
}

/// @notice The same with somebody else's accounts first.
contract ExecuteRepeatingOfForeignAccountTest is ExecuteRepeatingTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}

/// @notice The same where P-256 is checked in Solidity, in memory behind the bundle's.
/// forge-config: default.evm_version = "prague"
contract ExecuteRepeatingWithoutPrecompileTest is ExecuteRepeatingTest {}
