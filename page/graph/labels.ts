import type { Circle } from '../../analysis/graph/picture.ts';
import type { Canvas, Projection, View } from './view.ts';

/** So many names at most: more cost time, and nobody reads them. */
const LABELS_MAX = 90;
/** Radius in pixels from which a name is written. */
const BOX_RADIUS_MIN = 26;
const VPC_RADIUS_MIN = 16;
const FONT_PX = 12;
/** The width of a letter, as a share of the font's size; measuring each name would take longer than writing it. */
const LETTER_WIDTH = 0.58;
const LETTERS_MIN = 3;

/** Names of what is large enough, the outermost first. */
export function paintLabels(context: Canvas, { scene, size, theme }: View, project: Projection): void {
  const { scale, x, y, sees } = project;
  context.font = `${FONT_PX}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.lineJoin = 'round';
  context.strokeStyle = theme.paper;
  context.fillStyle = theme.ink;
  context.lineWidth = 3;
  let written = 0;
  for (const circle of scene.picture.circles) {
    if (written >= LABELS_MAX) return;
    const r = circle.r * scale;
    const isVpc = circle.kind === 'vpc';
    if (r < (isVpc ? VPC_RADIUS_MIN : BOX_RADIUS_MIN) || !sees(circle)) continue;
    const [left, top] = [x(circle.x), isVpc ? y(circle.y) + FONT_PX / 3 : y(circle.y) - r + FONT_PX];
    if (left < 0 || left > size.width || top < 0 || top > size.height) continue;
    const text = shortened(circle, r);
    if (!isVpc) context.strokeText(text, left, top);
    context.fillText(text, left, top);
    written += 1;
  }
}

function shortened({ name }: Circle, r: number): string {
  const letters = Math.max(LETTERS_MIN, Math.floor((2 * r) / (FONT_PX * LETTER_WIDTH)));
  if (name.length <= letters) return name;
  return `${Array.from(name)
    .slice(0, letters - 1)
    .join('')}…`;
}
