// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Call, Intent} from "../../src/types/Intent.sol";
import {Terms} from "../../src/types/Terms.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Recorder} from "../targets/Recorder.sol";

/// @notice Both kinds of account and both schemes in one bundle: what was signed is written once, in the form that a
/// PlayerAccount reads, and rewritten for the others.
contract ExecuteMixedTest is Playground {
    uint256 private constant ITEMS = 8;

    Recorder private _recorder;
    bytes[4] private _players;
    /// @dev What the recorder should have kept.
    bytes32 private _chain;

    function setUp() public override {
        super.setUp();
        _recorder = new Recorder();
        Terms memory terms = termsOf(
            permissionOf(address(_recorder), "note(bytes)", 1000),
            withValue(permissionOf(address(_recorder), "pay(bytes)", 1000), 1 ether, 100 ether)
        );
        for (uint256 i; i < 4; ++i) {
            Player memory each = makePlayer(i, i % 2 == 0 ? P256 : SECP256K1, i >= 2, terms);
            grant(each);
            vm.deal(each.account, 100 ether);
            _players[i] = abi.encode(each);
        }
    }

    function player(uint256 index) private view returns (Player memory) {
        return abi.decode(_players[index], (Player));
    }

    function _random(uint256 seed, string memory what, uint256 max) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % (max + 1);
    }

    /// @dev Any arguments, often with zeros in front, and any value.
    function _call(uint256 seed) private view returns (Call memory call) {
        bytes memory args = abi.encodePacked(keccak256(abi.encode(seed)), keccak256(abi.encode(seed, "more")));
        args = bytes.concat(
            new bytes(_random(seed, "zeros", 1) * _random(seed, "count", 40)),
            slice(args, 0, _random(seed, "length", 64))
        );
        bool paid = _random(seed, "paid", 1) == 1;
        call.to = address(_recorder);
        call.value = paid && _random(seed, "free", 3) != 0 ? _random(seed, "value", 1 ether) : 0;
        call.data = bytes.concat(bytes4(keccak256(bytes(paid ? "pay(bytes)" : "note(bytes)"))), args);
    }

    function _intent(uint256 seed, uint32[4] memory sequences)
        private
        view
        returns (uint256 who, Intent memory intent)
    {
        who = _random(seed, "who", 3);
        Call[] memory calls = new Call[](1 + (_random(seed, "several", 1) * _random(seed, "calls", 4)));
        for (uint256 i; i < calls.length; ++i) {
            calls[i] = _call(uint256(keccak256(abi.encode(seed, i))));
        }
        intent = makeIntent(player(who), calls);
        intent.sequence = sequences[who]++;
        intent.callGas = 2_000_000;
    }

    /// Guarantee: every call arrives as it was signed, from its own account, with its value, once and in order, whoever else
    /// is in the bundle, and however its items are divided into sections.
    function testFuzz_EveryCallArrives(uint256 seed) public {
        uint32[4] memory sequences;
        bytes[] memory items = new bytes[](ITEMS);
        uint256 value;
        for (uint256 i; i < ITEMS; ++i) {
            (uint256 who, Intent memory intent) = _intent(uint256(keccak256(abi.encode(seed, "item", i))), sequences);
            Player memory sender = player(who);
            items[i] = i != 0 && _random(seed ^ i, "repeats", 1) == 1
                ? encodeRepeating(
                    sender, intent, signAsKey(sender.session.key.scheme, sender.sessionKey, intentDigest(intent))
                )
                : signed(sender, intent);
            for (uint256 j; j < intent.calls.length; ++j) {
                Call memory call = intent.calls[j];
                _chain = keccak256(abi.encode(_chain, sender.account, call.value, call.data));
                value += call.value;
            }
        }
        Result[] memory results = run(_divide(items, _random(seed, "cut", ITEMS)));
        assertEq(results.length, ITEMS, "results");
        for (uint256 i; i < ITEMS; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(vm.load(address(_recorder), bytes32(0)), _chain, "what arrived");
        assertEq(address(_recorder).balance, value, "value");
    }

    /// @dev Two sections of the one policy, or one if the cut is at an end.
    function _divide(bytes[] memory items, uint256 cut) private view returns (bytes memory sections) {
        bytes[] memory first = new bytes[](cut);
        bytes[] memory second = new bytes[](ITEMS - cut);
        for (uint256 i; i < ITEMS; ++i) {
            if (i < cut) first[i] = items[i];
            else second[i - cut] = items[i];
        }
        if (cut != 0) sections = section(player(0), first);
        if (cut != ITEMS) sections = bytes.concat(sections, section(player(0), second));
    }

    /// behavior: as many calls as an intent can have, each with value, right behind those of an account of the other kind.
    function test_ManyCallsBehindEachOther() public {
        bytes[] memory items = new bytes[](4);
        for (uint256 i; i < 4; ++i) {
            // PlayerAccount, other, PlayerAccount, other.
            Player memory sender = player(i % 2 * 2 + i / 2);
            Call[] memory calls = new Call[](32);
            for (uint256 j; j < 32; ++j) {
                bytes memory args = bytes.concat(new bytes(j), abi.encodePacked(uint8(i + 1), uint8(j)));
                calls[j] = Call(address(_recorder), j + 1, bytes.concat(bytes4(keccak256("pay(bytes)")), args));
                _chain = keccak256(abi.encode(_chain, sender.account, j + 1, calls[j].data));
            }
            Intent memory intent = makeIntent(sender, calls);
            intent.callGas = 8_000_000;
            items[i] = signed(sender, intent);
        }
        Result[] memory results = run(section(player(0), items));
        for (uint256 i; i < 4; ++i) {
            assertSuccess(results[i], "each");
        }
        assertEq(vm.load(address(_recorder), bytes32(0)), _chain, "what arrived");
    }
}
