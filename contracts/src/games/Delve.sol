// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// @title Delve
/// @notice A small dungeon that all players share: walk, pick up gems, turn them into relics (ERC-1155).
/// @dev Knows players only as `msg.sender` and nothing of sessions. The board is 16 × 12 cells and wraps around; cell
/// `y * 16 + x` is bit `y * 16 + x` of every bitmap. Where gems lie follows from the tide, a period of one minute, so a
/// client can predict every step; a gem is gone for everybody once someone picks it up, until the next tide.
contract Delve is ERC1155 {
    /// @notice A player as the board shows them.
    /// @param joined Whether they have moved yet; if not, the position is where they will start.
    /// @param gems Carried gems.
    /// @param moves Steps walked so far.
    struct Player {
        bool joined;
        uint8 x;
        uint8 y;
        uint16 gems;
        uint32 moves;
    }

    /// @notice A player walked one step; `gems` is what they carry now.
    event Moved(address indexed player, uint8 x, uint8 y, uint16 gems);
    /// @notice A player turned gems into a relic; `gems` is what they carry now.
    event Minted(address indexed player, uint256 indexed relicId, uint16 gems);

    /// @notice Directions are 0 north, 1 east, 2 south, 3 west.
    error UnknownDirection(uint8 direction);
    error WallAhead(uint8 x, uint8 y);
    error UnknownRelic(uint256 relicId);
    error NotEnoughGems(uint16 gems, uint16 price);

    uint8 public constant WIDTH = 16;
    uint8 public constant HEIGHT = 12;
    /// @notice Relics are numbered from 0.
    uint256 public constant RELICS = 8;
    /// @notice Seconds between two tides.
    uint256 public constant TIDE = 60;
    /// @notice One bit per cell that is a wall:
    /// ................
    /// .##..#....#..##.
    /// .#...#....#...#.
    /// .......##.......
    /// ...#........#...
    /// .####..##..####.
    /// .......##.......
    /// ...#........#...
    /// .......##.......
    /// .#...#....#...#.
    /// .##..#....#..##.
    /// ................
    uint192 public constant WALLS = 0x000064264422018010080180799e10080180442264260000;

    uint256 private constant CELLS = 192;
    /// @dev Prices of the relics in gems, two bytes each, relic 0 first.
    bytes16 private constant PRICES = 0x000300050008000c00120019002a0040;

    mapping(address player => Player) private _players;
    /// @dev Gems that are gone: tide 64 | bitmap 192. Of an earlier tide: none are gone.
    uint256 private _taken;

    constructor() ERC1155("") {}

    /// @notice Walks one step; the first one starts from a place that the player's address decides.
    function move(uint8 direction) external {
        require(direction < 4, UnknownDirection(direction));
        Player memory player = playerOf(msg.sender);
        (player.x, player.y) = _step(player.x, player.y, direction);
        uint256 cell = _cell(player.x, player.y);
        require((WALLS >> cell) & 1 == 0, WallAhead(player.x, player.y));

        if (_pickUp(cell) && player.gems != type(uint16).max) ++player.gems;
        player.joined = true;
        unchecked {
            ++player.moves;
        }
        _players[msg.sender] = player;
        emit Moved(msg.sender, player.x, player.y, player.gems);
    }

    /// @notice Turns gems into a relic.
    function mint(uint256 relicId) external {
        uint16 price = priceOf(relicId);
        Player storage player = _players[msg.sender];
        uint16 gems = player.gems;
        require(gems >= price, NotEnoughGems(gems, price));
        player.gems = gems - price;
        emit Minted(msg.sender, relicId, gems - price);
        _mint(msg.sender, relicId, 1, "");
    }

    /// @notice The player, or where they would start.
    function playerOf(address account) public view returns (Player memory player) {
        player = _players[account];
        if (!player.joined) (player.x, player.y) = _start(account);
    }

    /// @notice What the cell holds now.
    function cellAt(uint8 x, uint8 y) external view returns (bool wall, bool gem) {
        uint256 cell = _cell(x % WIDTH, y % HEIGHT);
        (uint192 gems,,) = board();
        return ((WALLS >> cell) & 1 == 1, (gems >> cell) & 1 == 1);
    }

    /// @notice The gems that lie on the board now.
    /// @return gems One bit per cell.
    /// @return tide Number of the tide.
    /// @return turnsAt Unix seconds of the next tide.
    function board() public view returns (uint192 gems, uint256 tide, uint256 turnsAt) {
        tide = block.timestamp / TIDE;
        gems = gemsOf(tide) & ~_takenIn(tide);
        turnsAt = (tide + 1) * TIDE;
    }

    /// @notice The gems that a tide brings: about one cell in eight.
    function gemsOf(uint256 tide) public pure returns (uint192) {
        uint256 random = uint256(keccak256(abi.encode(tide)));
        // Three independent fair coins for each cell.
        uint256 second = uint256(keccak256(abi.encode(random)));
        uint256 third = uint256(keccak256(abi.encode(second)));
        return uint192(random & second & third) & ~WALLS;
    }

    /// @notice Price of a relic in gems.
    function priceOf(uint256 relicId) public pure returns (uint16) {
        require(relicId < RELICS, UnknownRelic(relicId));
        return uint16(bytes2(PRICES << (16 * relicId)));
    }

    /// @notice Prices of all relics in gems.
    function prices() external pure returns (uint16[] memory list) {
        list = new uint16[](RELICS);
        for (uint256 i; i < RELICS; ++i) {
            list[i] = priceOf(i);
        }
    }

    /// @dev Touches storage only where the tide has brought a gem.
    function _pickUp(uint256 cell) private returns (bool) {
        uint256 tide = block.timestamp / TIDE;
        if ((gemsOf(tide) >> cell) & 1 == 0) return false;
        uint256 taken = _takenIn(tide);
        if ((taken >> cell) & 1 == 1) return false;
        _taken = (tide << CELLS) | taken | (1 << cell);
        return true;
    }

    function _takenIn(uint256 tide) private view returns (uint192) {
        uint256 taken = _taken;
        return taken >> CELLS == tide ? uint192(taken) : 0;
    }

    /// @dev A free cell, found from the player's address alone.
    function _start(address account) private pure returns (uint8 x, uint8 y) {
        uint256 cell = uint256(keccak256(abi.encode(account))) % CELLS;
        while ((WALLS >> cell) & 1 == 1) cell = (cell + 1) % CELLS;
        return (uint8(cell % WIDTH), uint8(cell / WIDTH));
    }

    function _step(uint8 x, uint8 y, uint8 direction) private pure returns (uint8, uint8) {
        if (direction == 0) return (x, y == 0 ? HEIGHT - 1 : y - 1);
        if (direction == 1) return ((x + 1) % WIDTH, y);
        if (direction == 2) return (x, y + 1 == HEIGHT ? 0 : y + 1);
        return (x == 0 ? WIDTH - 1 : x - 1, y);
    }

    function _cell(uint8 x, uint8 y) private pure returns (uint256) {
        return uint256(y) * WIDTH + x;
    }
}
