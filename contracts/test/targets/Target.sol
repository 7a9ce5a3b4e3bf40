// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A game that keeps a record of every call, and can be told to do its worst.
contract Target {
    struct Visit {
        address sender;
        uint256 number;
        uint256 value;
        uint256 time;
    }

    error Refused(uint256 number);

    /// What `misbehave` does.
    uint8 public constant REVERT = 0;
    uint8 public constant RETURN_BOMB = 1;
    uint8 public constant REVERT_BOMB = 2;
    uint8 public constant BURN_GAS = 3;
    uint8 public constant INVALID = 4;
    uint8 public constant CALL_BACK = 5;
    uint8 public constant SHORT_REVERT = 6;

    Visit[] private _visits;
    address private _callee;
    bytes private _callback;
    /// Whether the last callback succeeded, and its return data.
    bool public called;
    bytes public answer;

    function hit(uint256 number) external {
        _visits.push(Visit(msg.sender, number, 0, block.timestamp));
    }

    function pay(uint256 number) external payable {
        _visits.push(Visit(msg.sender, number, msg.value, block.timestamp));
        if (number == type(uint256).max) revert Refused(number);
    }

    function misbehave(uint8 how) external {
        _visits.push(Visit(msg.sender, how, 0, block.timestamp));
        if (how == REVERT) revert Refused(how);
        if (how == CALL_BACK) (called, answer) = _callee.call(_callback);
        assembly ("memory-safe") {
            switch how
            case 1 { return(0, 1000000) }
            case 2 { revert(0, 1000000) }
            case 3 { for {} 1 {} {} }
            case 4 { invalid() }
            case 6 { revert(0, 3) }
        }
    }

    function prepareCallback(address callee, bytes calldata callback) external {
        (_callee, _callback) = (callee, callback);
    }

    function visits() external view returns (Visit[] memory) {
        return _visits;
    }

    function visitCount() external view returns (uint256) {
        return _visits.length;
    }

    function lastVisit() external view returns (Visit memory) {
        return _visits[_visits.length - 1];
    }
}
