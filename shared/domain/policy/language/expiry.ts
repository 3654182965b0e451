/** A day of a policy is a day of UTC. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** 9999-12-31: no date has more than four digits for its year. */
const DATE_FORM = /^(\d{4})-(\d{2})-(\d{2})$/;
/** RFC 3339, in whole seconds. */
const TIME_FORM = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** For the JSON Schema: a date or a time. */
export const INSTANT_PATTERN = `${DATE_FORM.source.slice(0, -1)}(T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2}))?$`;

/** The first instant of a date in UTC; `undefined` for what is no day of the calendar, such as 2027-02-30. */
function startOfDay(text: string): number | undefined {
  const [, year, month, day] = DATE_FORM.exec(text) ?? [];
  if (year === undefined) return undefined;
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return new Date(start).toISOString().startsWith(text) ? start : undefined;
}

function parseTime(text: string): number | undefined {
  const [, date] = TIME_FORM.exec(text) ?? [];
  return date === undefined || startOfDay(date) === undefined ? undefined : Date.parse(text);
}

/** A date, of which its first instant is meant, or a time: epoch milliseconds. */
export const parseInstant = (text: string): number | undefined => startOfDay(text) ?? parseTime(text);

/** The first instant at which a rule with this `expires` allows nothing more: a date is over at its end. */
export function parseExpiry(text: string): number | undefined {
  const start = startOfDay(text);
  return start === undefined ? parseTime(text) : start + DAY_MS;
}

/** `the end of 2027-03-31 (UTC)`, or `2027-03-31T12:00:00Z`: the last moment at which the rule allows. */
export function expiryText(expires: number): string {
  if (expires % DAY_MS !== 0) return new Date(expires).toISOString().replace('.000Z', 'Z');
  return `the end of ${new Date(expires - DAY_MS).toISOString().slice(0, 'yyyy-mm-dd'.length)} (UTC)`;
}

/** Whether the time of a rule is over. */
export const isOver = ({ expires }: { readonly expires: number | undefined }, now: number): boolean =>
  expires !== undefined && now >= expires;
