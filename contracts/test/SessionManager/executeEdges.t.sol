// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, Terms} from "../../src/types/Terms.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";

/// @notice Eight functions, all of which take value, and the last of which fails on request.
contract EightDoors {
    bool public closed;

    function shut(bool closed_) external {
        closed = closed_;
    }

    fallback() external payable {
        require(!closed, "closed");
    }

    receive() external payable {}
}

/// @notice The far ends of what an intent, a session and an account may be.
contract ExecuteEdgesTest is Playground {
    EightDoors private _doors;

    function setUp() public override {
        super.setUp();
        _doors = new EightDoors();
    }

    function _signature(uint256 index) private pure returns (string memory) {
        return string.concat("door", vm.toString(index), "()");
    }

    function _eightDoors(uint8 scheme, bool foreign) private returns (Player memory player) {
        Terms memory terms;
        terms.permissions = new Permission[](8);
        for (uint256 i; i < 8; ++i) {
            terms.permissions[i] = withValue(permissionOf(address(_doors), _signature(i), 524_287), 4, 1000);
        }
        player = makePlayer(1, scheme, foreign, terms);
        grant(player);
        vm.deal(player.account, 1 ether);
    }

    /// @dev 32 calls, four through each door, each with one wei more than the door's number.
    function _through(Player memory player, uint32 lane) private view returns (Intent memory intent) {
        Call[] memory calls = new Call[](32);
        for (uint256 i; i < 32; ++i) {
            calls[i] = Call(address(_doors), i % 4 + 1, abi.encodePacked(bytes4(keccak256(bytes(_signature(i / 4))))));
        }
        intent = makeIntent(player, calls);
        intent.lane = lane;
        intent.sequence = manager.laneSequenceOf(player.sessionId, lane);
        intent.callGas = 2_000_000;
    }

    function _assertUsed(Player memory player, uint256 times, string memory what) private view {
        ISessionManager.SessionRecord memory session = manager.sessionOf(player.sessionId);
        for (uint256 i; i < 8; ++i) {
            assertEq(session.cells[i], 4 * times, string.concat(what, ": uses"));
            assertEq(meteredOf(player, i), 10 * times, string.concat(what, ": value"));
        }
        assertEq(session.validUntil, player.session.validUntil, string.concat(what, ": window"));
        assertEq(session.status, 1, string.concat(what, ": status"));
    }

    /// Guarantee: a failed intent gives back all eight counters and values, on any lane, and keeps its sequence used;
    /// with whatever gas the transaction brings, or it happens not at all.
    function testFuzz_FailureGivesEverythingBack(uint256 gasLimit, uint32 lane, bool foreign) public {
        Player memory player = _eightDoors(SECP256K1, foreign);
        assertSuccess(run(section(player, one(signed(player, _through(player, lane)))))[0], "open");
        _assertUsed(player, 1, "open");

        _doors.shut(true);
        Intent memory intent = _through(player, lane);
        bytes memory data = abi.encodeCall(manager.execute, (section(player, one(signed(player, intent)))));
        gasLimit = bound(gasLimit, 100_000, 4_000_000);
        (bool happened,) = address(manager).call{gas: gasLimit}(data);
        _assertUsed(player, 1, "shut");
        uint32 next = manager.laneSequenceOf(player.sessionId, lane);
        assertEq(next, happened ? 2 : 1, "sequence");
        if (gasLimit > 3_500_000) assertTrue(happened, "enough gas");
        assertEq(address(_doors).balance, 80, "no value");
    }

    /// Guarantee: value is added up over the calls of one intent and over intents, for each entry by itself.
    function test_ValueAddsUpWithinAnIntent() public {
        Player memory player = _eightDoors(P256, false);
        bytes[] memory intents = new bytes[](101);
        for (uint32 i; i < 101; ++i) {
            intents[i] = signed(player, _through(player, i));
        }
        Result[] memory results = run(section(player, intents));
        for (uint256 i; i < 100; ++i) {
            assertSuccess(results[i], "within");
        }
        assertRejection(results[100], ISessionManager.ValueLimitReached.selector, "beyond");
        _assertUsed(player, 100, "to the limit");
    }

    /// Guarantee: an active session's grant is repeated without effect: no signature is needed because nothing changes,
    /// and any other window needs the owner's.
    function testFuzz_RepeatedGrantChangesNothing(uint40 validAfter, uint40 validUntil, bytes memory signature) public {
        Player memory player = makeActivePlayer(1);
        assertSuccess(run(player, hit(1)), "first");
        bytes32 before = keccak256(abi.encode(manager.sessionOf(player.sessionId)));
        OwnerGrant memory again = makeGrant(player);
        again.signature = slice(signature, 0, signature.length % 200);
        assertGranted(player, again, "repeated");
        validUntil = uint40(bound(validUntil, clock() + 1, clock() + 1 days));
        validAfter = uint40(bound(validAfter, validUntil - 1 days, validUntil - 1));
        (again.validAfter, again.validUntil) = (validAfter, validUntil);
        tryGrant(player, again);
        assertEq(keccak256(abi.encode(manager.sessionOf(player.sessionId))), before, "unchanged");
    }

    /// Guarantee: an EOA that delegates to a PlayerAccount (EIP-7702) is not taken for one, and nobody but itself grants.
    function test_DelegatedWalletIsNoPlayerAccount() public {
        Player memory player = makeActivePlayer(1);
        Player memory wallet = makePlayer(2);
        wallet.account = vm.addr(wallet.ownerKey);
        wallet.session.account = wallet.account;
        refresh(wallet);
        vm.etch(wallet.account, abi.encodePacked(hex"ef0100", player.account));
        OwnerGrant memory grant_ = makeGrant(wallet);
        assertRefused(wallet, grant_, ISessionManager.InvalidOwnerSignature.selector, "not its owner");
        bytes memory sections = section(wallet, one(grantItem(wallet, grant_)));
        vm.prank(wallet.account);
        manager.execute(sections);
        ISessionManager.SessionRecord memory session = manager.sessionOf(wallet.sessionId);
        assertEq(session.status, 1, "the wallet itself grants");
        assertTrue(!session.fast, "not fast");

        // What it delegates to later decides for itself; without any code, nothing is called.
        vm.etch(wallet.account, "");
        assertFailure(run(wallet, hit(1)), ISessionManager.AccountNotDeployed.selector, "no delegation");
        vm.prank(wallet.account);
        manager.revokeAll();
        vm.etch(wallet.account, abi.encodePacked(hex"ef0100", player.account));
        assertRejection(run(wallet, hit(1)), ISessionManager.EpochMismatch.selector, "ended");
        assertEq(target.visitCount(), 0, "no visit");
    }
}

/// @notice The same where P-256 is checked in Solidity, which needs memory while the call to the account waits there.
/// forge-config: default.evm_version = "prague"
contract ExecuteEdgesWithoutPrecompileTest is ExecuteEdgesTest {}
