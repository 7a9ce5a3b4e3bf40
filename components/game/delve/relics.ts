/** Names of the eight relics, in the order of their ids. */
export const relicNames = [
  'Ember Lantern',
  'Gilded Chalice',
  'Violet Crown',
  'Old Blade',
  'Moss Shield',
  'Tide Ring',
  'Red Skull',
  'Deep Orb',
] as const
