/**
 * What a change does to what can be joined.
 * `unclear`: it may have grown and may have shrunk, because a fact is missing or because two options cannot be
 * compared. Whoever guards against growth must treat it as growth.
 */
export type Growth = 'same' | 'shrank' | 'unclear' | 'grew';

/** Two changes at once. */
export function both(one: Growth, other: Growth): Growth {
  if (one === other || other === 'same') return one;
  return one === 'same' ? other : 'unclear';
}
