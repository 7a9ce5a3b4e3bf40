// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";

import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {SignedData} from "../encoding/SignedData.sol";
import {OwnerGrant, Player, Playground, Result} from "../Playground.sol";
import {Permission, Terms} from "../../src/types/Terms.sol";

/// @notice An account that answers everything with all the gas that it is given.
contract Glutton {
    fallback() external {
        while (true) {}
    }
}

/// @notice An account that signs everything, and says that every module is installed; or answers with endless data.
contract Bomber {
    function isModuleInstalled(uint256, address, bytes calldata) external pure returns (bool) {
        _bomb(1);
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        _bomb(uint256(bytes32(bytes4(0x1626ba7e))));
    }

    function _bomb(uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(0, word)
            return(0, 20000)
        }
    }
}

/// @notice What granting costs, and that no gas decides whether it succeeds.
contract GrantGasTest is Playground {
    function _try(bytes memory sections, uint256 gas, bytes32 sessionId) private returns (bool accepted, bool granted) {
        uint256 state = vm.snapshotState();
        (accepted,) = address(manager).call{gas: gas}(abi.encodeCall(manager.execute, (sections)));
        granted = manager.sessionOf(sessionId).status == 1;
        vm.revertToState(state);
    }

    /// @dev A grant that is good ends as granted with the least gas that is accepted, found by halving, and with more.
    function _assertNoGasDecides(bytes memory sections, bytes32 sessionId) private {
        (uint256 low, uint256 high) = (50_000, 6_000_000);
        while (low + 1 < high) {
            uint256 middle = (low + high) / 2;
            (bool accepted,) = _try(sections, middle, sessionId);
            if (accepted) high = middle;
            else low = middle;
        }
        uint256[8] memory surplus = [uint256(0), 1, 1000, 20_000, 100_000, 300_000, 1_000_000, 3_000_000];
        for (uint256 i; i < surplus.length; ++i) {
            (bool accepted, bool granted) = _try(sections, high + surplus[i], sessionId);
            assertTrue(accepted, "accepted");
            assertTrue(granted, "granted, whatever gas was brought");
        }
    }

    /// @dev Terms whose checking takes nearly all the gas that there is for it.
    function _longTerms() private view returns (Terms memory terms) {
        terms.permissions = new Permission[](8);
        for (uint256 i; i < 8; ++i) {
            terms.permissions[i] =
                permissionOf(address(target), string.concat("f", vm.toString(i), "(uint256,uint256)"), 10);
            for (uint256 j; j < 4; ++j) {
                string memory rule = string.concat("arg", vm.toString(j % 2), " in {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}");
                terms.permissions[i] = withRule(terms.permissions[i], rule);
            }
        }
    }

    /// Guarantee: a grant never fails for want of the relayer's gas: the transaction reverts instead.
    function test_NoGasDecides() public {
        Player memory player = makePlayer(1);
        _assertNoGasDecides(section(player, one(grantItem(player))), player.sessionId);
    }

    /// Guarantee: the same for long terms of its own, within those of a policy.
    function test_NoGasDecides_LongTerms() public {
        Player memory player = makePlayer(1, _longTerms());
        useOwnTerms(player, player.session.terms);
        _assertNoGasDecides(section(player, one(grantItem(player))), player.sessionId);
    }

    /// Guarantee: the same with the dearest owner: a passkey, which is created in the grant.
    function test_NoGasDecides_Passkey() public {
        Player memory player = makePlayer(1, P256, false, _longTerms());
        useOwnTerms(player, player.session.terms);
        (uint256 x, uint256 y) = vm.publicKeyP256(7);
        bytes memory owner = abi.encodePacked(address(new ERC7913P256Verifier()), x, y);
        player.account = factory.getAddress(owner);
        player.session.account = player.account;
        refresh(player);
        OwnerGrant memory grant_ = unsignedGrant(player);
        grant_.owner = owner;
        bytes32 digest = SignedData.digest(SignedData.domainOf(address(manager)), sessionHashOf(player));
        (bytes32 r, bytes32 s) = vm.signP256(7, digest);
        if (uint256(s) > P256_N / 2) s = bytes32(P256_N - uint256(s));
        grant_.signature = abi.encodePacked(r, s);
        _assertNoGasDecides(section(player, one(grantItem(player, grant_))), player.sessionId);
    }

    /// Guarantee: whatever an account answers, and however long it takes, its grant costs a relayer no more than
    /// what every grant must bring, several times over; the rest of the bundle is executed.
    function test_AccountsCannotBurnGas() public {
        Player memory neighbour = makeActivePlayer(2);
        Player memory player = makePlayer(1);
        vm.etch(player.account, address(new Glutton()).code);
        OwnerGrant memory grant_ = makeGrant(player);
        bytes memory intent = signed(neighbour, makeIntent(neighbour, hit(1)));
        bytes memory sections = section(player, two(grantItem(player, grant_), intent));
        uint256 before = gasleft();
        Result[] memory results = this.runWith(sections, 30_000_000);
        assertLe(before - gasleft(), 5_000_000, "gas");
        assertSuccess(results[0], "the neighbour");
        assertEq(manager.sessionOf(player.sessionId).status, 0, "not granted");
    }

    /// @dev `run` with limited gas.
    function runWith(bytes memory sections, uint256 gas) external returns (Result[] memory) {
        vm.recordLogs();
        manager.execute{gas: gas}(sections);
        return resultsIn(vm.getRecordedLogs());
    }

    /// Guarantee: endless answers are read to their first word only.
    function test_EndlessAnswers() public {
        Player memory player = makePlayer(1);
        vm.etch(player.account, address(new Bomber()).code);
        OwnerGrant memory grant_ = makeGrant(player);
        // Everything is a module of this account, even the game.
        uint256 before = gasleft();
        assertRefusedWithin(player, grant_);
        assertLe(before - gasleft(), 5_000_000, "gas");
    }

    function assertRefusedWithin(Player memory player, OwnerGrant memory grant_) private {
        assertEq(tryGrant(player, grant_), bytes4(keccak256("ForbiddenTarget(address)")), "a module");
        assertEq(manager.sessionOf(player.sessionId).status, 0, "not granted");
    }
}

/// @notice The same for somebody else's accounts.
contract GrantGasOfForeignAccountTest is GrantGasTest {
    function foreignAccounts() internal pure override returns (bool) {
        return true;
    }
}

/// @notice The same where P-256 is checked in Solidity, which is dear.
/// forge-config: default.evm_version = "prague"
contract GrantGasWithoutPrecompileTest is GrantGasTest {}
