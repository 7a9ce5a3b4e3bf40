/** Twelve rows of twelve pixels; `.` is transparent, any other character names a colour. */
export type PixelArt = { rows: string[]; colors: Record<string, string> }

const gold = { a: '#7a4a12', b: '#d98b2b', c: '#ffc766', d: '#fff0c4' }
const stone = { a: '#2d2a35', b: '#625d6f', c: '#989188', d: '#e8e0d2' }
const violet = { a: '#332758', b: '#6f57b8', c: '#bda6ff', d: '#efe8ff' }
const teal = { a: '#12403d', b: '#2a9187', c: '#67e0cf', d: '#e3fffa' }
const red = { a: '#4a1a1b', b: '#b04440', c: '#ff8b80', d: '#ffe3df' }
const green = { a: '#1f3a22', b: '#4c8f4d', c: '#93d68a', d: '#ecffe6' }

/** Cloak `b`, its shade `a` and its edge `c` take the player's own hue. */
export const heroRows = [
  '....ccc.....',
  '...cbbbc..y.',
  '..cbbbbbc.Y.',
  '..cbkkkbc.Y.',
  '..cbfkfbc.s.',
  '...bkkkb..s.',
  '..cbbbbbccs.',
  '.cbbabbbbcs.',
  '.cbbabbbbb..',
  '..bbabbbb...',
  '..bbaabbb...',
  '...kk.kk....',
]

export const gemArt: PixelArt = {
  colors: { ...teal, a: '#1d6b64' },
  rows: [
    '............',
    '...cdddcc...',
    '..cddccccb..',
    '.cddccccbbb.',
    '.bccccccbba.',
    '.abbbbbbbaa.',
    '..bcccccba..',
    '..bdccccba..',
    '...bcccba...',
    '....bcba....',
    '.....ba.....',
    '............',
  ],
}

/** The eight relics, in the order of their ids. */
export const relicArt: PixelArt[] = [
  {
    colors: { ...gold, e: '#ff7a3d' },
    rows: [
      '.....bb.....',
      '....b..b....',
      '...bbbbbb...',
      '....a..a....',
      '...ac..ca...',
      '...a.ee.a...',
      '...aecdea...',
      '...aecdea...',
      '...a.ee.a...',
      '...abbbba...',
      '..bbbbbbbb..',
      '............',
    ],
  },
  {
    colors: gold,
    rows: [
      '............',
      '..bccccccb..',
      '..bcddcccb..',
      '..bcdccccb..',
      '..abccccba..',
      '...abccba...',
      '....abba....',
      '.....bb.....',
      '.....bb.....',
      '....bccb....',
      '...abbbba...',
      '............',
    ],
  },
  {
    colors: { ...gold, e: '#bda6ff' },
    rows: [
      '............',
      '............',
      '.....cc.....',
      '.c...cc...c.',
      '.cc.cddc.cc.',
      '.bccbccbccb.',
      '.bcccccccca.',
      '.bcecccecca.',
      '.abbbbbbbba.',
      '.aaaaaaaaaa.',
      '............',
      '............',
    ],
  },
  {
    colors: { ...stone, e: '#d98b2b', f: '#7a4a12' },
    rows: [
      '..........dd',
      '.........dcd',
      '........dcb.',
      '.......dcb..',
      '......dcb...',
      '.....dcb....',
      '.f..dcb.....',
      '.fedcb......',
      '..eeb.......',
      '.f.ee.......',
      'ff..ff......',
      'f...........',
    ],
  },
  {
    colors: { ...green, e: '#ffc766' },
    rows: [
      '............',
      '.aabbbbbbaa.',
      '.abccccccba.',
      '.abccddccba.',
      '.abcdeedcba.',
      '.abcdeedcba.',
      '.abccddccba.',
      '..abccccba..',
      '..abccccba..',
      '...abccba...',
      '....abba....',
      '.....aa.....',
    ],
  },
  {
    colors: { ...gold, e: '#67e0cf', f: '#e3fffa' },
    rows: [
      '............',
      '.....ef.....',
      '....eefe....',
      '.....ee.....',
      '....cddc....',
      '...cc..cb...',
      '..cc....cb..',
      '..c......b..',
      '..cb....ba..',
      '...cb..ba...',
      '....bbba....',
      '............',
    ],
  },
  {
    colors: { ...red, e: '#ffe3df' },
    rows: [
      '............',
      '...cccccb...',
      '..cdccccbb..',
      '.cdcccccbba.',
      '.ccaacbaaba.',
      '.ccaacbaaba.',
      '.ccccacbbba.',
      '..bccccbba..',
      '...becebe...',
      '...beebeb...',
      '............',
      '............',
    ],
  },
  {
    colors: violet,
    rows: [
      '............',
      '....bccb....',
      '..bccddccb..',
      '..cddccccb..',
      '.bcdccccbba.',
      '.bcccccbbba.',
      '.bcccccbbaa.',
      '..bccbbbaa..',
      '..abbbbaaa..',
      '...aaaaaa...',
      '..bbbbbbbb..',
      '............',
    ],
  },
]
