import type { Circle, Line, Picture } from '../../analysis/graph/picture.ts';
import { PICTURE_SIZE } from '../../analysis/graph/picture.ts';
import { bendOf } from '../../analysis/graph/bend.ts';

/** Room around the outermost circle. */
const MARGIN = 10;
/** A name is written where about so many of its letters fit. */
const LETTERS_MIN = 4;
const FONT_MIN = 1.5;
const FONT_MAX = 14;
/** The width of a letter, as a share of the font's size. */
const LETTER_WIDTH = 0.55;

const STYLE = `
  svg { --ink: #1b1f24; --line: #0072b2; --wait: #b35c00; --over: #6e7781; --fill: rgb(0 0 0 / 4%); --vpc: #8dbde0; --paper: #fff; background: var(--paper); }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --line: #56b4e9; --wait: #e69f00; --over: #8b949e; --fill: rgb(255 255 255 / 5%); --vpc: #2f5f84; --paper: #0d1117; }
  }
  circle { fill: var(--fill); stroke: var(--ink); stroke-opacity: .35; stroke-width: .4; }
  circle.vpc { fill: var(--vpc); }
  circle.outside, circle.noted { stroke-dasharray: 2 1; }
  path { fill: none; stroke: var(--line); stroke-width: .5; stroke-opacity: .6; }
  path.wait { stroke: var(--wait); stroke-dasharray: 3 2; }
  path.over { stroke: var(--over); stroke-dasharray: 1 2; }
  text { fill: var(--ink); font-family: sans-serif; text-anchor: middle; pointer-events: none; paint-order: stroke; stroke: var(--paper); stroke-width: .2em; }`;

/** A picture without scripts, which every browser and editor opens. Titles show on hover. */
export function svgOf(picture: Picture): string {
  const { circles, lines, takenAt } = picture;
  const size = PICTURE_SIZE + 2 * MARGIN;
  const count = circles.filter(({ kind }) => kind === 'vpc').length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${size} ${size}" role="img" aria-labelledby="title desc">`,
    `<title id="title">Peerings</title>`,
    `<desc id="desc">${count} VPCs and ${lines.length} peerings, read at ${escape(takenAt)}</desc>`,
    `<style>${STYLE}\n</style>`,
    ...circles.map(circle),
    ...lines.map((line) => path(line, picture)),
    ...circles.flatMap(caption),
    '</svg>',
    '',
  ].join('\n');
}

function circle({ kind, id, name, x, y, r, region, cidrs = [], note }: Circle): string {
  const words = [name === id ? id : `${name} (${id})`, region, cidrs.join(', '), note];
  const title = words.filter((word) => word !== undefined && word !== '').join('\n');
  const noted = note === undefined ? '' : ' noted';
  return `<circle class="${kind}${noted}" cx="${x}" cy="${y}" r="${r}"><title>${escape(title)}</title></circle>`;
}

function path(line: Line, { circles }: Picture): string {
  const [from, to] = [circles[line.from], circles[line.to]];
  if (from === undefined || to === undefined) return '';
  const bend = bendOf(line.from, line.to, circles);
  const title = [`${line.id} ${line.state}`, `${from.name} – ${to.name}`, line.rule && `rule ${line.rule}`];
  const d = `M${from.x} ${from.y}Q${bend.x.toFixed(1)} ${bend.y.toFixed(1)} ${to.x} ${to.y}`;
  return `<path class="${lookOf(line)}" d="${d}"><title>${escape(title.filter(Boolean).join('\n'))}</title></path>`;
}

function lookOf({ state }: Line): 'live' | 'wait' | 'over' {
  switch (state) {
    case 'active':
      return 'live';
    case 'initiating-request':
    case 'pending-acceptance':
    case 'provisioning':
      return 'wait';
    case 'expired':
    case 'rejected':
    case 'failed':
    case 'deleting':
    case 'deleted':
      return 'over';
  }
}

/** OUs and accounts are named at their upper edge, VPCs in their middle. */
function caption({ kind, name, x, y, r }: Circle): readonly string[] {
  const letters = Array.from(name).length;
  const size = Math.min(FONT_MAX, (2 * r) / (Math.max(letters, LETTERS_MIN) * LETTER_WIDTH), r / 2);
  if (size < FONT_MIN) return [];
  const height = kind === 'vpc' ? y + size / 3 : y - r + size * 1.2;
  return [`<text x="${x}" y="${height.toFixed(2)}" font-size="${size.toFixed(2)}">${escape(name)}</text>`];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
