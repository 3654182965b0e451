import type { VirtualClock } from '../sim/clock.ts';
import type { EventRule } from '../sim/eventbridge/event-rules.ts';
import type { SimulatedEventBridge } from '../sim/eventbridge/eventbridge.ts';

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Fires the rules' schedules for ever, for the first time after one interval.
 * Never call `clock.run()` without an end once this has been called.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function keepSchedules(
  deps: { readonly clock: VirtualClock; readonly events: SimulatedEventBridge },
  rules: readonly EventRule[],
): void {
  for (const rule of rules) {
    if (rule.schedule === undefined || !rule.enabled) continue;
    const everyMs = intervalMs(rule.schedule);
    const fire = (): void => {
      deps.events.fireSchedule(rule);
      deps.clock.schedule(everyMs, fire);
    };
    deps.clock.schedule(everyMs, fire);
  }
}

/** `rate(1 hour)` in milliseconds. */
function intervalMs(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (unitMs === undefined) throw new Error(`the sandbox does not keep the schedule ${schedule}`);
  return Number(count) * unitMs;
}
