export type AlarmState = 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  /** Asks the metric now; only the depth of queues and what functions count are modelled. */
  state(): AlarmState;
}
