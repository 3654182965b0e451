import { InvalidArgumentError } from 'commander';

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

/** A duration such as `30m`, `2h` or `7d`, in minutes. */
export const parseMinutes =
  (most: number) =>
  (text: string): number => {
    const [, count, unit = 'm'] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
    const minutes = Number(count) * (MINUTES[unit] ?? 0);
    if (minutes >= 1 && minutes <= most) return minutes;
    throw new InvalidArgumentError(
      `Write a duration from 1m to ${most / MINUTES_A_DAY}d, such as 30m, 2h or 7d.`,
    );
  };

const MINUTES_A_DAY = 24 * 60;
