import type { VirtualClock } from '../clock.ts';
import { trailRecord } from './cloudtrail.ts';
import type { SeededRandom } from '../random.ts';
import { busArn } from '../eventbridge/event-bus-arn.ts';
import type { EventEnvelope } from '../eventbridge/event-rules.ts';
import type { SimulatedEventBridge } from '../eventbridge/eventbridge.ts';
import type { AwsError, Call } from '../types.ts';

/** How CloudTrail's events reach EventBridge: late, and best effort. Rates are in [0, 1]. */
export interface TrailOptions {
  /** Shortest and longest delay. */
  readonly delayMs: readonly [number, number];
  readonly dropRate: number;
  readonly duplicateRate: number;
  /** Chance that an event is held back, so that later ones overtake it. Without it events keep their order. */
  readonly reorderRate: number;
}

/** Seventeen seconds were measured on a trail in use. */
const DEFAULTS: TrailOptions = { delayMs: [2_000, 17_000], dropRate: 0, duplicateRate: 0, reorderRate: 0 };
/** How much longer an event takes that is held back. */
const HELD_BACK_MS = 60_000;

/** An event that CloudTrail handed to a default bus. */
export interface TrailDelivery {
  readonly atMs: number;
  readonly event: EventEnvelope;
}

/**
 * CloudTrail in front of EventBridge: each mutating EC2 call becomes an event on the default bus of the caller's
 * account and region.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export class Trail {
  readonly delivered: TrailDelivery[] = [];
  /** Events that were lost on the way, by chance or by {@link dropWhere}. */
  readonly dropped: EventEnvelope[] = [];
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #events: SimulatedEventBridge;
  readonly #lastAt = new Map<string, number>();
  #drops: ((event: EventEnvelope) => boolean)[] = [];
  #options: TrailOptions;

  constructor(deps: {
    clock: VirtualClock;
    random: SeededRandom;
    events: SimulatedEventBridge;
    options?: Partial<TrailOptions>;
  }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#events = deps.events;
    this.#options = { ...DEFAULTS, ...deps.options };
  }

  /** Changes how events travel from now on. */
  configure(options: Partial<TrailOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Loses the events that fit, until the returned function is called. */
  dropWhere(fits: (event: EventEnvelope) => boolean): () => void {
    this.#drops.push(fits);
    return () => {
      this.#drops = this.#drops.filter((other) => other !== fits);
    };
  }

  /** Logs a call and sends its event on the way. */
  log(call: Call, input: unknown, result: { output: unknown } | { error: AwsError }): void {
    const timeMs = this.#clock.now();
    const eventId = this.#random.uuid();
    const event = this.#events.envelope({
      source: 'aws.ec2',
      'detail-type': 'AWS API Call via CloudTrail',
      account: call.caller.accountId,
      region: call.region,
      detail: trailRecord(call, input, result, { eventId, timeMs }),
      timeMs,
    });
    if (this.#drops.some((fits) => fits(event)) || this.#random.next() < this.#options.dropRate) {
      this.dropped.push(event);
      return;
    }
    this.#send(event);
    if (this.#random.next() < this.#options.duplicateRate) this.#send(event);
  }

  /** Delivers an event once more, or one that never was, at once. */
  redeliver(event: EventEnvelope): void {
    this.#deliver(event);
  }

  #send(event: EventEnvelope): void {
    const now = this.#clock.now();
    const lane = `${event.account}/${event.region}`;
    const [shortest, longest] = this.#options.delayMs;
    let atMs = now + this.#random.integer(shortest, longest);
    if (this.#random.next() < this.#options.reorderRate) {
      atMs += this.#random.integer(1, HELD_BACK_MS);
    } else {
      atMs = Math.max(atMs, this.#lastAt.get(lane) ?? 0);
      this.#lastAt.set(lane, atMs);
    }
    this.#clock.schedule(atMs - now, () => this.#deliver(event));
  }

  #deliver(event: EventEnvelope): void {
    this.delivered.push({ atMs: this.#clock.now(), event });
    this.#events.receive(busArn(event.account, event.region, 'default'), event);
  }
}
