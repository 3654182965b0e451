import { seemingFrom } from '../../analysis/graph/reach.ts';
import type { Circle } from '../../analysis/graph/picture.ts';
import { levelAt, type Stroke } from './bundles.ts';
import { zoomOf } from './camera.ts';
import { paintLabels } from './labels.ts';
import { isWay, linesIn, type Scene } from './scene.ts';
import { projection, type Canvas, type Projection, type View } from './view.ts';

/** Smaller circles (pixels) are not seen, or are squares. */
const SEEN_RADIUS = 0.4;
const ROUND_RADIUS = 2;
const FULL_CIRCLE = 2 * Math.PI;
/** How much of what is not lit shows through. */
const VEIL = 0.72;

/**
 * Paints the view.
 *
 * @param ratio the canvas's pixels for each CSS pixel
 */
export function paint(context: Canvas, view: View, ratio: number): void {
  const { size, theme, scene, lit } = view;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, size.width, size.height);
  const project = projection(view);
  paintBoxes(context, view, project);
  paintVpcs(context, view, project);
  paintStrokes(context, view, project);
  if (lit !== undefined && scene.picture.circles[lit] !== undefined) paintLit(context, view, project, lit);
  paintLabels(context, view, project);
}

/** OUs and accounts, one depth after the other: circles of one depth do not overlap, and are one path. */
function paintBoxes(context: Canvas, { scene, theme }: View, project: Projection): void {
  const { circles } = scene.picture;
  const deepest = scene.depths.reduce((depth, next) => Math.max(depth, next), 0);
  for (const isNoted of [false, true]) {
    context.setLineDash(isNoted ? [4, 3] : []);
    for (let depth = 0; depth <= deepest; depth += 1) {
      context.beginPath();
      circles.forEach((circle, index) => {
        const noted = circle.note !== undefined || circle.kind === 'outside';
        if (circle.kind === 'vpc' || scene.depths[index] !== depth || noted !== isNoted) return;
        addCircle(context, circle, project);
      });
      context.fillStyle = theme.shade;
      context.fill();
      context.globalAlpha = 0.4;
      context.strokeStyle = theme.ink;
      context.lineWidth = 1;
      context.stroke();
      context.globalAlpha = 1;
    }
  }
  context.setLineDash([]);
}

function addCircle(context: Canvas, circle: Circle, { scale, x, y, sees }: Projection): void {
  const r = circle.r * scale;
  if (r < SEEN_RADIUS || !sees(circle)) return;
  const [left, top] = [x(circle.x), y(circle.y)];
  if (r < ROUND_RADIUS) {
    context.rect(left - r, top - r, 2 * r, 2 * r);
    return;
  }
  context.moveTo(left + r, top);
  context.arc(left, top, r, 0, FULL_CIRCLE);
}

function paintVpcs(context: Canvas, { scene, coloring, theme }: View, project: Projection): void {
  const byCategory = Map.groupBy(
    scene.picture.circles.flatMap(({ kind }, index) => (kind === 'vpc' ? [index] : [])),
    (index) => coloring.ofCircle[index] ?? -1,
  );
  for (const [category, indices] of byCategory) {
    context.beginPath();
    for (const index of indices) {
      const circle = scene.picture.circles[index];
      if (circle !== undefined) addCircle(context, circle, project);
    }
    context.fillStyle = coloring.categories[category]?.color[theme.name] ?? theme.vpc;
    context.fill();
  }
}

function paintStrokes(context: Canvas, view: View, project: Projection): void {
  const { levels, camera, size, coloring, theme, scene } = view;
  const { circles } = scene.picture;
  const strokes = levelAt(levels, zoomOf(camera, size));
  const groups = Map.groupBy(
    strokes.filter(({ from, to }) => project.sees(circles[from]) || project.sees(circles[to])),
    ({ category, count }) => category * WIDTHS + widthOf(count),
  );
  context.globalAlpha = strokes.length > FEW ? 0.3 : 0.75;
  for (const [key, group] of groups) {
    const category = coloring.categories[Math.floor(key / WIDTHS)];
    context.beginPath();
    for (const stroke of group) addStroke(context, stroke, scene, project);
    context.strokeStyle = category?.color[theme.name] ?? theme.ink;
    context.lineWidth = 1 + 0.7 * (key % WIDTHS);
    context.setLineDash([...(category?.dash ?? [])]);
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Up to so many strokes are drawn boldly. */
const FEW = 300;
/** Bundles of 1, of some, of tens, of hundreds of lines. */
const WIDTHS = 4;
const widthOf = (count: number): number => Math.min(WIDTHS - 1, Math.ceil(Math.log10(count)));

function addStroke(
  context: Canvas,
  { from, to, bendX, bendY }: Pick<Stroke, 'from' | 'to' | 'bendX' | 'bendY'>,
  { picture: { circles } }: Scene,
  { x, y }: Projection,
): void {
  const [start, end] = [circles[from], circles[to]];
  if (start === undefined || end === undefined) return;
  context.moveTo(x(start.x), y(start.y));
  context.quadraticCurveTo(x(bendX), y(bendY), x(end.x), y(end.y));
}

/** What is lit stands out: its lines, those it reaches filled, those it only seems to reach ringed and dashed. */
function paintLit(context: Canvas, view: View, project: Projection, lit: number): void {
  const { scene, theme, size } = view;
  const { circles, lines } = scene.picture;
  context.globalAlpha = VEIL;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, size.width, size.height);
  context.globalAlpha = 1;
  const own = linesIn(scene, lit).flatMap((index) => {
    const [line, bend] = [lines[index], scene.bends[index]];
    return line === undefined || bend === undefined ? [] : [{ ...line, bendX: bend.x, bendY: bend.y }];
  });
  context.lineWidth = 2;
  for (const [isOpen, group] of Map.groupBy(own, isWay)) {
    context.beginPath();
    for (const line of group) addStroke(context, line, scene, project);
    context.strokeStyle = isOpen ? theme.reached : theme.seeming;
    context.setLineDash(isOpen ? [] : [7, 4]);
    context.stroke();
  }
  context.setLineDash([]);
  const far = circles[lit]?.kind === 'vpc' ? seemingFrom(lit, scene.reached).map(({ place }) => place) : [];
  paintGroup(context, far, view, project, theme.seeming);
  paintGroup(context, scene.reached[lit] ?? [], view, project, theme.reached);
  context.beginPath();
  addCircle(context, circles[lit] ?? { ...NOWHERE }, project);
  context.strokeStyle = theme.ink;
  context.lineWidth = 3;
  context.stroke();
}

const NOWHERE: Circle = { kind: 'vpc', id: '', name: '', x: -1, y: -1, r: 0, parent: -1 };

function paintGroup(
  context: Canvas,
  indices: readonly number[],
  { scene, theme }: View,
  project: Projection,
  color: string,
): void {
  context.beginPath();
  for (const index of indices) {
    const circle = scene.picture.circles[index];
    if (circle !== undefined) addCircle(context, circle, project);
  }
  if (color === theme.reached) {
    context.fillStyle = color;
    context.fill();
    return;
  }
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([3, 2]);
  context.stroke();
  context.setLineDash([]);
}
