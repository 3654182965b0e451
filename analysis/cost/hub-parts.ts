/** What of the hub's template costs something while nothing happens. A test holds it against the template. */
export const HUB_PARTS = {
  /** Queues that Lambda polls. */
  queues: 5,
  alarms: 3,
} as const;
