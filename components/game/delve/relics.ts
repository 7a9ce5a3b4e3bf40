/** Names of the eight relics, in the order of their ids. */
export const relicNames = [
  'Lantern',
  'Chalice',
  'Crown',
  'Old Blade',
  'Shield',
  'Tide Ring',
  'Skull',
  'Deep Orb',
] as const
