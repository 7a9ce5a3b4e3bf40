// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {Call, Intent} from "../../src/types/Intent.sol";
import {Permission, SpendLimit, Terms} from "../../src/types/Terms.sol";
import {Player, Playground} from "../Playground.sol";
import {FeeToken} from "../targets/OddToken.sol";
import {Shop} from "../targets/Shop.sol";
import {Target} from "../targets/Target.sol";
import {Token} from "../targets/Token.sol";

/// @notice What becomes of sessions that spend two tokens and value, computed from what was signed and when, never from the
/// manager's storage: what each may still do, and what each account still has.
abstract contract SpendingModel is Playground {
    uint256 public constant ENTRIES = 7;
    uint256 public constant TOKENS = 2;
    uint32 public constant PERIOD = 1 hours;
    uint256 public constant MAX_VALUE = 1.5 ether;
    uint256 private constant MAX_CALLS = 12;

    // Entries of the table.
    uint256 internal constant TRANSFER = 0;
    uint256 internal constant APPROVE = 1;
    uint256 internal constant BURN = 2;
    uint256 internal constant BUY = 3;
    uint256 internal constant TRANSFER_WITH_FEE = 4;
    uint256 internal constant PAY = 5;
    uint256 internal constant MISBEHAVE = 6;

    /// @dev OpenZeppelin's token, with a limit per period; and one that takes a tenth more, without.
    Token[TOKENS] public tokens;
    Shop internal shop;
    address internal friend = address(0xf41e4d);

    /// @dev What an intent would use up.
    struct Usage {
        uint256[ENTRIES] calls;
        uint256 value;
        uint256 maxValue;
        uint256[TOKENS] named;
        uint256[TOKENS] lost;
        uint256 approved;
        uint256 allowed;
        uint256 lastAllowance;
        bool reverts;
    }

    // Of sessions, by their id.
    mapping(bytes32 sessionId => uint256[ENTRIES]) internal _calls;
    mapping(bytes32 sessionId => uint256) public valueSpent;
    /// @dev What counts against the limit; and what really left the account, through the session's intents or, later, by
    /// what they allowed.
    mapping(bytes32 sessionId => uint256[TOKENS]) internal _charged;
    mapping(bytes32 sessionId => mapping(uint256 period => uint256)) public chargedInPeriod;
    mapping(bytes32 sessionId => uint256[TOKENS]) internal _lost;
    mapping(bytes32 sessionId => mapping(uint256 period => uint256)) public lostInPeriod;
    mapping(bytes32 sessionId => mapping(uint32 lane => uint32)) public nextSequence;
    mapping(bytes32 sessionId => uint40) public validUntil;
    mapping(bytes32 sessionId => bool) public revoked;
    // Of accounts.
    mapping(address account => uint32) public epochs;
    mapping(address account => uint256[TOKENS]) internal _balances;
    mapping(address account => uint256) public ethers;

    function callsOf(bytes32 sessionId) external view returns (uint256[ENTRIES] memory) {
        return _calls[sessionId];
    }

    function chargedOf(bytes32 sessionId) external view returns (uint256[TOKENS] memory) {
        return _charged[sessionId];
    }

    function lostOf(bytes32 sessionId) external view returns (uint256[TOKENS] memory) {
        return _lost[sessionId];
    }

    function balancesOf(address account) external view returns (uint256[TOKENS] memory) {
        return _balances[account];
    }

    function maxAmountOf(uint256 token) public pure returns (uint256) {
        return token == 0 ? 600 : 300;
    }

    function maxCallsOf(uint256) public pure returns (uint256) {
        return MAX_CALLS;
    }

    /// @dev In each period, of the first token.
    function maxAmountPerPeriod() public pure returns (uint256) {
        return 250;
    }

    /// @dev Whom a session's calls allow to take tokens: a different one for each, to tell who took what.
    function spenderOf(bytes32 sessionId) public pure returns (address) {
        return address(uint160(uint256(sessionId)) | 1 << 159);
    }

    function _makeTokens() internal {
        (tokens[0], tokens[1], shop) = (new Token(), new FeeToken(), new Shop());
    }

    function _terms() internal view returns (Terms memory terms) {
        (address first, address second) = (address(tokens[0]), address(tokens[1]));
        uint32 max = uint32(MAX_CALLS);
        terms.permissions = new Permission[](ENTRIES);
        terms.permissions[TRANSFER] = permissionOf(first, "transfer(address,uint256)", max);
        terms.permissions[APPROVE] = permissionOf(first, "approve(address,uint256)", max);
        terms.permissions[BURN] = permissionOf(first, "burn(uint256)", max);
        terms.permissions[BUY] = permissionOf(address(shop), "buy(address,uint256)", max);
        terms.permissions[TRANSFER_WITH_FEE] = permissionOf(second, "transfer(address,uint256)", max);
        terms.permissions[PAY] =
            withValue(permissionOf(address(target), "pay(uint256)", max), 0.7 ether, uint112(MAX_VALUE));
        terms.permissions[MISBEHAVE] = permissionOf(address(target), "misbehave(uint8)", max);
        terms = withSpendLimit(terms, SpendLimit(first, uint112(maxAmountOf(0)), PERIOD, uint112(maxAmountPerPeriod())));
        return withSpendLimit(terms, SpendLimit(second, uint112(maxAmountOf(1)), 0, 0));
    }

    /// @dev A call through the entry, of about `amount`.
    function _callOf(Player memory player, uint256 entry, uint256 amount) internal view returns (Call memory call) {
        bytes memory data;
        amount %= 160;
        if (entry == TRANSFER) {
            data = abi.encodeCall(IERC20.transfer, (amount % 4 == 0 ? player.account : friend, amount));
        }
        if (entry == APPROVE) data = abi.encodeCall(IERC20.approve, (spenderOf(player.sessionId), amount));
        if (entry == BURN) data = abi.encodeCall(ERC20Burnable.burn, (amount));
        if (entry == BUY) data = abi.encodeCall(Shop.buy, (tokens[0], amount));
        if (entry == TRANSFER_WITH_FEE) data = abi.encodeCall(IERC20.transfer, (friend, amount));
        if (entry == PAY) data = abi.encodeCall(Target.pay, (amount));
        if (entry == MISBEHAVE) {
            uint8[3] memory hows = [target.REVERT(), target.CALL_BACK(), target.INVALID()];
            data = abi.encodeCall(Target.misbehave, (hows[amount % 3]));
        }
        return Call(player.session.terms.permissions[entry].to, entry == PAY ? amount * 0.005 ether : 0, data);
    }

    // ── What an intent comes to ───────────────────────────────────────────────

    function _number(bytes memory data, uint256 word) private pure returns (uint256) {
        return uint256(bytes32(slice(data, 4 + 32 * word, 36 + 32 * word)));
    }

    function _usageOf(Player memory player, Intent memory intent) private view returns (Usage memory usage) {
        for (uint256 i; i < intent.calls.length; ++i) {
            Call memory call = intent.calls[i];
            uint256 entry = entryOf(player, call);
            ++usage.calls[entry];
            usage.value += call.value;
            if (call.value > usage.maxValue) usage.maxValue = call.value;
            if (entry == TRANSFER) {
                usage.named[0] += _number(call.data, 1);
                if (_number(call.data, 0) == uint160(friend)) usage.lost[0] += _number(call.data, 1);
            }
            if (entry == BURN) usage.lost[0] += _number(call.data, 0);
            if (entry == BUY) usage.lost[0] += _number(call.data, 1);
            if (entry == TRANSFER_WITH_FEE) {
                usage.named[1] += _number(call.data, 1);
                usage.lost[1] += _number(call.data, 1) + _number(call.data, 1) / 10;
            }
            if (entry == APPROVE) usage.lastAllowance = _number(call.data, 1);
            if (entry == MISBEHAVE) usage.reverts = usage.reverts || _number(call.data, 0) != target.CALL_BACK();
        }
        for (uint256 i; i < intent.calls.length; ++i) {
            if (entryOf(player, intent.calls[i]) != APPROVE) continue;
            uint256 amount = _number(intent.calls[i].data, 1);
            usage.approved += amount;
            usage.allowed += amount < usage.lastAllowance ? amount : usage.lastAllowance;
        }
    }

    function periodOf(Player memory player) public view returns (uint256) {
        return (clock() - player.session.validAfter) / PERIOD;
    }

    /// @dev What counts of the token: what an approval still allows; and what was lost or, if that is more, what was named
    /// and what approvals no longer allow, as if it had been used.
    function _chargeOf(Usage memory usage, uint256 token) private pure returns (uint256) {
        uint256 named = usage.named[token];
        if (token == 0) named += usage.approved - usage.allowed;
        uint256 moved = usage.lost[token] > named ? usage.lost[token] : named;
        return token == 0 ? moved + usage.allowed : moved;
    }

    function _isWithin(bytes32 id, uint256 period, uint256 token, uint256 amount) private view returns (bool) {
        if (_charged[id][token] + amount > maxAmountOf(token)) return false;
        return token != 0 || chargedInPeriod[id][period] + amount <= maxAmountPerPeriod();
    }

    /// @dev Whether the calls are within what can be told before they are made.
    function _isAllowed(bytes32 id, uint256 period, Usage memory usage) private view returns (bool) {
        for (uint256 entry; entry < ENTRIES; ++entry) {
            if (_calls[id][entry] + usage.calls[entry] > MAX_CALLS) return false;
        }
        if (usage.maxValue > 0.7 ether || valueSpent[id] + usage.value > MAX_VALUE) return false;
        uint256 named = usage.named[0] + usage.approved;
        return _isWithin(id, period, 0, named) && _isWithin(id, period, 1, usage.named[1]);
    }

    function _charge(Player memory player, Usage memory usage) private {
        (bytes32 id, uint256 period) = (player.sessionId, periodOf(player));
        for (uint256 entry; entry < ENTRIES; ++entry) {
            _calls[id][entry] += usage.calls[entry];
        }
        valueSpent[id] += usage.value;
        ethers[player.account] -= usage.value;
        for (uint256 token; token < TOKENS; ++token) {
            _charged[id][token] += _chargeOf(usage, token);
            _lost[id][token] += usage.lost[token];
            _balances[player.account][token] -= usage.lost[token];
        }
        chargedInPeriod[id][period] += _chargeOf(usage, 0);
        lostInPeriod[id][period] += usage.lost[0];
    }

    /// @dev What becomes of an intent that is submitted now; counted at once.
    function _expect(Player memory player, Intent memory intent) internal returns (bool executed, bool success) {
        bytes32 id = player.sessionId;
        if (revoked[id] || clock() >= validUntil[id] || clock() >= intent.expiry) return (false, false);
        if (intent.sequence != nextSequence[id][intent.lane]) return (false, false);
        bool stale = epochs[player.account] != player.session.epoch;
        Usage memory usage = _usageOf(player, intent);
        uint256 period = periodOf(player);
        if ((stale && player.foreign) || !_isAllowed(id, period, usage)) return (false, false);
        ++nextSequence[id][intent.lane];
        if (stale || usage.reverts) return (true, false);
        for (uint256 token; token < TOKENS; ++token) {
            if (!_isWithin(id, period, token, _chargeOf(usage, token))) return (true, false);
        }
        _charge(player, usage);
        return (true, true);
    }
}
