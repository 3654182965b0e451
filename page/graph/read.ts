import type { Picture } from '../../analysis/graph/picture.ts';

/** The command wrote it beside this script: it is taken as it is, but for its outline. */
export function readPicture(json: string): Picture {
  const value: unknown = JSON.parse(json);
  if (!isPicture(value)) throw new Error('the page holds no picture');
  return value;
}

const isPicture = (value: unknown): value is Picture =>
  typeof value === 'object' && value !== null && 'circles' in value && 'lines' in value && 'takenAt' in value;
