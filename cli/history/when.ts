import { InvalidArgumentError } from 'commander';

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
  w: 7 * 24 * 60 * MINUTE_MS,
};
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * How long ago, such as `30m`, `12h`, `7d` or `2w`; a day of UTC, from its beginning; or an instant.
 *
 * @returns what says the instant, epoch milliseconds, once it is known what time it is
 * @throws InvalidArgumentError
 */
export function parseWhen(text: string): (now: number) => number {
  const [, count, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (ms > 0) return (now) => now - ms;
  const at = DATE.test(text) || INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || !isRealDay(text.slice(0, 10))) {
    throw new InvalidArgumentError(
      'Write how long ago, such as 12h, 7d or 2w, a day such as 2026-11-01 (UTC), or an instant such as 2026-11-01T08:30Z.',
    );
  }
  return () => at;
}

/** An engine may take the 30th of February for the 2nd of March. */
function isRealDay(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}
