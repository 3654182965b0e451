import { bendOf } from '../../analysis/graph/bend.ts';
import type { Line, Picture } from '../../analysis/graph/picture.ts';
import { neighboursOf, type Neighbours } from '../../analysis/graph/reach.ts';
import type { Point } from './camera.ts';

/** A picture made ready to be drawn and asked. Numbers are indices of its circles and lines. */
export interface Scene {
  readonly picture: Picture;
  /** The outermost circles. */
  readonly roots: readonly number[];
  readonly children: readonly (readonly number[])[];
  /** How many circles are around each. */
  readonly depths: readonly number[];
  /** Of a VPC: its lines. */
  readonly linesOf: readonly (readonly number[])[];
  /** Of a VPC: those it reaches. */
  readonly reached: Neighbours;
  /** The control point of each line. */
  readonly bends: readonly Point[];
}

export function sceneOf(picture: Picture): Scene {
  const { circles, lines } = picture;
  const children: number[][] = circles.map(() => []);
  const linesOf: number[][] = circles.map(() => []);
  const depths: number[] = [];
  const roots: number[] = [];
  circles.forEach(({ parent }, index) => {
    depths.push((depths[parent] ?? -1) + 1);
    (children[parent] ?? roots).push(index);
  });
  lines.forEach(({ from, to }, index) => {
    linesOf[from]?.push(index);
    if (to !== from) linesOf[to]?.push(index);
  });
  return {
    picture,
    roots,
    children,
    depths,
    linesOf,
    reached: neighboursOf(circles.length, lines.filter(isWay)),
    bends: lines.map(({ from, to }) => bendOf(from, to, circles)),
  };
}

/** Whether packets can go through it, as far as is known. */
export const isWay = ({ state, withoutRoute = [] }: Line): boolean =>
  state === 'active' && withoutRoute.length === 0;

/** The innermost circle at a point of the picture. */
export function circleAt({ picture, roots, children }: Scene, { x, y }: Point): number | undefined {
  let found: number | undefined;
  let candidates = roots;
  for (;;) {
    const inside = candidates.find((index) => {
      const circle = picture.circles[index];
      return circle !== undefined && (circle.x - x) ** 2 + (circle.y - y) ** 2 <= circle.r ** 2;
    });
    if (inside === undefined) return found;
    found = inside;
    candidates = children[inside] ?? [];
  }
}

/** The circle and all in it. */
export function within({ children }: Scene, circle: number): readonly number[] {
  const found = [circle];
  // Grows while it is walked.
  for (const index of found) found.push(...(children[index] ?? []));
  return found;
}

/** The circle's own lines, and those of all in it. */
export function linesIn(scene: Scene, circle: number): readonly number[] {
  return [...new Set(within(scene, circle).flatMap((index) => scene.linesOf[index] ?? []))];
}
