import type { Circle } from './picture.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far a line bends from the straight way to the middle of the smallest circle around both ends. */
const PULL = 0.5;

/**
 * The control point of a line (a quadratic Bézier curve): lines between the same two OUs run side by side, as a bundle.
 *
 * @param one index of a circle
 * @param other index of another
 */
export function bendOf(one: number, other: number, circles: readonly Circle[]): Point {
  const [from, to] = [circles[one], circles[other]];
  if (from === undefined || to === undefined) throw new RangeError('a line joins two circles of its picture');
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const around = circles[commonOf(one, other, circles)];
  if (around === undefined) return middle;
  return { x: middle.x + (around.x - middle.x) * PULL, y: middle.y + (around.y - middle.y) * PULL };
}

/** The smallest circle around both; -1 where there is none. Those around a circle stand before it. */
function commonOf(one: number, other: number, circles: readonly Circle[]): number {
  let [left, right] = [circles[one]?.parent ?? -1, circles[other]?.parent ?? -1];
  while (left !== right) {
    if (left > right) left = circles[left]?.parent ?? -1;
    else right = circles[right]?.parent ?? -1;
  }
  return left;
}
