// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPlayerAccount} from "../../src/interfaces/IPlayerAccount.sol";
import {ISessionManager} from "../../src/interfaces/ISessionManager.sol";
import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, Terms} from "../../src/types/Terms.sol";
import {OpenZeppelinAccount} from "../accounts/OpenZeppelinAccount.sol";
import {Player, Playground, Result} from "../Playground.sol";
import {Target} from "../targets/Target.sol";

/// @notice What the fuzzer may do with four players (own and foreign accounts, both schemes), and what should come of it.
/// Expectations are computed here from what was signed and when, never from the manager's storage.
contract SessionsHandler is Playground {
    uint32 public constant PERIOD = 1 hours;

    /// @dev Encoded, as not every compiler pipeline stores such structs.
    bytes[] private _players;
    bytes[] private _seen;
    bytes32[] private _configurations;

    uint256 public expectedVisits;
    uint256 public surprises;
    string public lastSurprise;
    mapping(bytes32 sessionId => mapping(uint256 entry => uint256)) public successes;
    mapping(bytes32 sessionId => uint256) public spent;
    /// @dev Total of the arguments of `hit`.
    mapping(bytes32 sessionId => uint256) public summed;
    /// @dev What was used in a period: calls of an entry, value, and the total of the arguments.
    mapping(bytes32 sessionId => mapping(uint256 period => mapping(uint256 entry => uint256))) public periodCalls;
    mapping(bytes32 sessionId => mapping(uint256 period => uint256)) public periodSpent;
    mapping(bytes32 sessionId => mapping(uint256 period => uint256)) public periodSummed;
    mapping(bytes32 sessionId => bool) public revoked;
    mapping(bytes32 sessionId => mapping(uint32 lane => uint32)) public executions;
    mapping(bytes32 policyId => uint256) private _pausedUntil;
    mapping(address account => uint32) private _epochs;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 4; ++i) {
            Terms memory terms = defaultTerms();
            terms.permissions[0].maxCalls = 30;
            withRule(withPeriod(terms.permissions[0], PERIOD, 5, 0), "sum(arg0) <= 800 and <= 200 per period");
            withPeriod(terms.permissions[1], PERIOD, 4, 1.1 ether);
            terms.permissions[2].maxCalls = uint32(20 + i / 2);
            Player memory player = makePlayer(i, i % 2 == 0 ? P256 : SECP256K1, i >= 2, terms);
            player.session.validUntil = uint40(clock() + 12 hours);
            grant(player);
            vm.deal(player.account, 100 ether);
            _players.push(abi.encode(player));
            _configurations.push(configurationOf(i));
        }
        target.prepareCallback(address(manager), abi.encodeCall(manager.execute, (hex"00")));
    }

    function actions() external pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](8);
        selectors[0] = this.play.selector;
        selectors[1] = this.playTwice.selector;
        selectors[2] = this.replay.selector;
        selectors[3] = this.forge.selector;
        selectors[4] = this.pass.selector;
        selectors[5] = this.end.selector;
        selectors[6] = this.pauseOrUnpause.selector;
        selectors[7] = this.bumpEpoch.selector;
    }

    // ── Actions ───────────────────────────────────────────────────────────────

    /// @dev An honest intent of any call, value, lane and expiry.
    function play(uint256 who, uint8 what, uint128 value, uint32 lane, uint8 gap) external {
        Player memory player = playerAt(who % 4);
        Intent memory intent = _intent(player, calls1(_call(what, value)), lane % 3, gap % 8 == 0 ? 1 : 0);
        _seen.push(abi.encode(who % 4, intent));
        _submit(who % 4, intent);
    }

    function playTwice(uint256 who, uint8 first, uint8 second, uint128 value) external {
        Player memory player = playerAt(who % 4);
        Intent memory intent = _intent(player, calls2(_call(first, value), _call(second, value / 2)), 0, 0);
        _seen.push(abi.encode(who % 4, intent));
        _submit(who % 4, intent);
    }

    /// @dev Any intent that was ever submitted, again: it may only execute if it never has.
    function replay(uint256 index) external {
        if (_seen.length == 0) return;
        (uint256 who, Intent memory intent) = abi.decode(_seen[index % _seen.length], (uint256, Intent));
        _submit(who, intent);
    }

    /// @dev A bundle with one bit changed, or under another player's name.
    function forge(uint256 who, uint8 what, uint256 bit) external {
        Player memory player = playerAt(who % 4);
        Intent memory intent = _intent(player, calls1(_call(what, 0)), 0, 0);
        bytes memory sections = section(player, one(signed(player, intent)));
        uint256 position = (bit / 8) % sections.length;
        // The high bits of the number of calls say nothing.
        if (position == 34 + player.table.length + head(player, 0).length + 4 && bit % 8 >= 5) return;
        sections[position] ^= bytes1(uint8(1 << (bit % 8)));
        (bool success,) = address(this).call(abi.encodeCall(this.mustNotExecute, (sections)));
        success;
    }

    function mustNotExecute(bytes memory sections) external {
        Result[] memory results = run(sections);
        for (uint256 i; i < results.length; ++i) {
            if (results[i].executed) _surprise("forged");
        }
    }

    function pass(uint256 time) external {
        vm.warp(clock() + bound(time, 1, 30 minutes));
    }

    function end(uint256 who, uint8 by) external {
        if (by % 8 != 0) return;
        Player memory player = playerAt(who % 4);
        vm.prank(by % 16 == 0 ? revoker : player.account);
        manager.revoke(identityOf(player));
        revoked[player.sessionId] = true;
    }

    function pauseOrUnpause(uint256 who, bool pausing) external {
        bytes32 policyId = playerAt(who % 4).session.policyId;
        vm.prank(studio);
        if (pausing) {
            manager.pause(policyId);
            _pausedUntil[policyId] = type(uint256).max;
        } else {
            manager.unpause(policyId);
            if (_pausedUntil[policyId] == type(uint256).max) _pausedUntil[policyId] = clock() + 1 hours;
        }
    }

    /// @dev revokeAll, or uninstalling and reinstalling; followed, mostly, by a new grant.
    function bumpEpoch(uint256 who, bool reinstall, uint8 luck) external {
        if (luck % 4 != 0) return;
        Player memory player = playerAt(who % 4);
        if (reinstall) {
            vm.startPrank(ENTRY_POINT);
            OpenZeppelinAccount(payable(player.account)).uninstallModule(2, address(manager), "");
            OpenZeppelinAccount(payable(player.account)).installModule(2, address(manager), "");
            vm.stopPrank();
        } else {
            operate(player, address(manager), abi.encodeCall(manager.revokeAll, ()));
        }
        ++_epochs[player.account];
    }

    // ── What should happen ────────────────────────────────────────────────────

    function _submit(uint256 who, Intent memory intent) private {
        Player memory player = playerAt(who);
        bytes memory sections = section(player, one(signed(player, intent)));
        bool stale = _epochs[player.account] != player.session.epoch;
        bool valid = _isValid(player, intent) && !(stale && player.foreign);
        bool succeeds = valid && !stale && _succeeds(intent);
        Result[] memory results = run(sections);
        if (results.length != 1) return _surprise("one result");
        if (results[0].executed != valid) return _surprise("executed or not");
        if (results[0].success != succeeds) return _surprise("succeeded or not");
        if (valid) ++executions[player.sessionId][intent.lane];
        if (!succeeds) return;
        uint256 period = periodOf(player);
        for (uint256 i; i < intent.calls.length; ++i) {
            Call memory call = intent.calls[i];
            uint256 entry = entryOf(player, call);
            ++expectedVisits;
            ++successes[player.sessionId][entry];
            ++periodCalls[player.sessionId][period][entry];
            spent[player.sessionId] += call.value;
            periodSpent[player.sessionId][period] += call.value;
            summed[player.sessionId] += _summand(call);
            periodSummed[player.sessionId][period] += _summand(call);
        }
    }

    /// @dev Number of the present period of the session.
    function periodOf(Player memory player) public view returns (uint256) {
        return (clock() - player.session.validAfter) / PERIOD;
    }

    /// @dev What the call adds to the sum.
    function _summand(Call memory call) private pure returns (uint256) {
        if (bytes4(call.data) != Target.hit.selector) return 0;
        return abi.decode(slice(call.data, 4, 36), (uint256));
    }

    function _isValid(Player memory player, Intent memory intent) private view returns (bool) {
        if (revoked[player.sessionId] || clock() >= player.session.validUntil) return false;
        if (clock() >= intent.expiry) return false;
        if (clock() < _pausedUntil[player.session.policyId]) return false;
        if (intent.sequence != executions[player.sessionId][intent.lane]) return false;
        return _isWithinLimits(player, intent.calls);
    }

    function _isWithinLimits(Player memory player, Call[] memory calls) private view returns (bool) {
        bytes32 id = player.sessionId;
        Permission[] memory permissions = player.session.terms.permissions;
        uint256 period = periodOf(player);
        uint256[3] memory uses;
        uint256 value;
        uint256 sum;
        for (uint256 i; i < calls.length; ++i) {
            uint256 entry = entryOf(player, calls[i]);
            ++uses[entry];
            if (successes[id][entry] + uses[entry] > permissions[entry].maxCalls) return false;
            if (entry < 2 && periodCalls[id][period][entry] + uses[entry] > permissions[entry].maxCallsPerPeriod) {
                return false;
            }
            if (calls[i].value > permissions[entry].maxValuePerCall) return false;
            value += calls[i].value;
            sum += _summand(calls[i]);
        }
        return spent[id] + value <= permissions[1].maxValue
            && periodSpent[id][period] + value <= permissions[1].maxValuePerPeriod && summed[id] + sum <= 800
            && periodSummed[id][period] + sum <= 200;
    }

    function _succeeds(Intent memory intent) private view returns (bool) {
        for (uint256 i; i < intent.calls.length; ++i) {
            if (bytes4(intent.calls[i].data) != Target.misbehave.selector) continue;
            if (uint8(intent.calls[i].data[35]) != target.CALL_BACK()) return false;
        }
        return true;
    }

    function _intent(Player memory player, Call[] memory calls, uint32 lane, uint32 gap)
        private
        view
        returns (Intent memory intent)
    {
        intent = makeIntent(player, calls);
        (intent.lane, intent.sequence) = (lane, executions[player.sessionId][lane] + gap);
    }

    function _call(uint8 what, uint128 value) private view returns (Call memory) {
        if (what % 8 < 4) return Call(address(target), 0, hit(what));
        if (what % 8 < 6) return Call(address(target), value % 0.7 ether, abi.encodeCall(Target.pay, (what)));
        uint8[3] memory hows = [target.REVERT(), target.CALL_BACK(), target.INVALID()];
        return Call(address(target), 0, abi.encodeCall(Target.misbehave, (hows[(what / 8) % 3])));
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

    function playerCount() external view returns (uint256) {
        return _players.length;
    }

    function playerAt(uint256 index) public view returns (Player memory) {
        return abi.decode(_players[index], (Player));
    }

    function initialConfiguration(uint256 index) external view returns (bytes32) {
        return _configurations[index];
    }

    /// @dev Signers and modules of an account.
    function configurationOf(uint256 index) public view returns (bytes32) {
        Player memory player = playerAt(index);
        OpenZeppelinAccount account = OpenZeppelinAccount(payable(player.account));
        return keccak256(
            abi.encode(
                player.foreign ? abi.encode(account.signer()) : abi.encode(IPlayerAccount(player.account).getSigners()),
                account.isModuleInstalled(2, address(manager), ""),
                account.isModuleInstalled(2, address(target), ""),
                account.isModuleInstalled(1, address(target), ""),
                player.account.code
            )
        );
    }
}
