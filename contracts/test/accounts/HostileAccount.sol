// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice An account that agrees to everything asked of itself and, when it shall make a call, does its worst.
contract HostileAccount {
    error Uninstalled();

    /// What `executeFromExecutor` does.
    uint8 public constant OBEY = 0;
    uint8 public constant NOTHING = 1;
    uint8 public constant REVERT = 2;
    uint8 public constant BURN_GAS = 3;
    uint8 public constant RETURN_BOMB = 4;
    uint8 public constant REVERT_BOMB = 5;
    uint8 public constant CALL_BACK = 6;
    uint8 public constant CALL_BACK_AND_REVERT = 7;

    uint8 private _how;
    bool private _denies;
    address private _callee;
    bytes private _callback;
    /// Whether the last callback succeeded, and its return data.
    bool public called;
    bytes public answer;

    receive() external payable {}

    function setHow(uint8 how) external {
        _how = how;
    }

    /// @dev From now on it has no module, and signs nothing.
    function deny() external {
        _denies = true;
    }

    function prepareCallback(address callee, bytes calldata callback) external {
        (_callee, _callback) = (callee, callback);
    }

    /// @dev Whoever asks is an executor.
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata) external view returns (bool) {
        return moduleTypeId == 2 && module == msg.sender && !_denies;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return _denies ? bytes4(0xffffffff) : IERC1271.isValidSignature.selector;
    }

    /// @dev Only single calls.
    function executeFromExecutor(bytes32, bytes calldata execution) external payable returns (bytes[] memory) {
        uint8 how = _how;
        if (how == REVERT) revert Uninstalled();
        assembly ("memory-safe") {
            switch how
            case 3 { for {} 1 {} {} }
            case 4 { return(0, 1000000) }
            case 5 { revert(0, 1000000) }
        }
        if (how == CALL_BACK || how == CALL_BACK_AND_REVERT) (called, answer) = _callee.call(_callback);
        if (how == CALL_BACK_AND_REVERT) revert Uninstalled();
        if (how != NOTHING) {
            (bool success,) =
                address(bytes20(execution[:20])).call{value: uint256(bytes32(execution[20:52]))}(execution[52:]);
            require(success, "failed");
        }
        return new bytes[](1);
    }
}
