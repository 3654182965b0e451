import type { Picture } from '../../analysis/graph/picture.ts';

const RESULTS_MAX = 12;

/** Circles whose name, id or CIDR holds the words: first those that are them, then those that begin with them. */
export function search({ circles }: Picture, words: string): readonly number[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  const [same, first, rest]: [number[], number[], number[]] = [[], [], []];
  circles.forEach(({ kind, id, name, cidrs = [] }, index) => {
    if (kind === 'organization' || kind === 'outside') return;
    const texts = [name, id, ...cidrs].map((text) => text.toLowerCase());
    if (texts.includes(wanted)) same.push(index);
    else if (texts.some((text) => text.startsWith(wanted))) first.push(index);
    else if (texts.some((text) => text.includes(wanted))) rest.push(index);
  });
  return [...same, ...first, ...rest].slice(0, RESULTS_MAX);
}
