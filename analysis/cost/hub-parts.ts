/** What of the hub's template costs something while nothing happens. A test holds it against the template. */
export const HUB_PARTS = {
  /** Queues that Lambda polls. */
  queues: 7,
  /** A metric of an alarm costs what an alarm of one metric does. */
  alarms: 40,
} as const;
