import { SeededRandom } from '../sim/random.ts';
import type { WireRequest, WireResponse } from '../sim/wire/http.ts';
import { Feed } from './feed.ts';
import { refusal } from './refusal.ts';
import { RunningWorld, type RunOptions } from './running-world.ts';
import type { Surroundings } from './surroundings.ts';
import type { WorldSource } from './worlds.ts';

export interface SandboxOptions extends RunOptions {
  readonly world: WorldSource;
  /** What a reset leads back to. */
  readonly resetWorld: WorldSource;
  /** Where clients reach it, where it has a socket: addresses in its answers lead there. */
  readonly publicUrl?: string;
}

/** What `GET /_autopeer/health` says. */
export interface Health {
  readonly status: 'ready';
  readonly world: string;
  readonly seed: number;
  readonly speed: number;
  readonly virtualTime: string;
  readonly rssBytes: number;
}

/**
 * A simulated AWS that goes on by itself. It has no socket: `serve` gives it one.
 *
 * @example
 * const start = (publicUrl: string) =>
 *   Sandbox.start({ world: DEMO_WORLD, resetWorld: EMPTY_WORLD, publicUrl, ...options });
 * const { sandbox, close } = await serve(start, { port: 4566, onFault });
 */
export class Sandbox {
  readonly #surroundings: Surroundings;
  #options: SandboxOptions;
  readonly #requestIds: SeededRandom;
  #running: RunningWorld;
  #lastReset: Promise<unknown> = Promise.resolve();

  private constructor(options: SandboxOptions, surroundings: Surroundings, running: RunningWorld) {
    this.#surroundings = surroundings;
    this.#options = options;
    this.#running = running;
    this.#requestIds = new SeededRandom(options.seed);
  }

  /** @throws WorldFileError where EC2 refuses parts of the world */
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const { publicUrl } = options;
    const surroundings = { feed: new Feed(), ...(publicUrl === undefined ? {} : { publicUrl }) };
    const running = await RunningWorld.start(options.world, options, surroundings);
    return new Sandbox(options, surroundings, running);
  }

  get feed(): Feed {
    return this.#surroundings.feed;
  }

  /** The world as it is now; another one after a reset. */
  get running(): RunningWorld {
    return this.#running;
  }

  async answer(request: WireRequest): Promise<WireResponse> {
    const answer = await this.#running.answer(request);
    return answer ?? this.refuse(request.headers, RESET_MEANWHILE);
  }

  /** An answer of the server itself, in the protocol of the service that was asked. */
  refuse(headers: WireRequest['headers'], reason: Parameters<typeof refusal>[2]): WireResponse {
    return refusal(headers, this.#requestIds.uuid(), reason);
  }

  /** Puts a new world in the place of this one. Resets never overlap. */
  reset(): Promise<WorldSource> {
    const reset = this.#lastReset.then(async () => {
      const { resetWorld } = this.#options;
      const next = await RunningWorld.start(resetWorld, this.#options, this.#surroundings);
      this.#running.stop();
      this.#running = next;
      this.feed.publish('reset', next.world.aws.clock.now(), { world: resetWorld.name });
      return resetWorld;
    });
    this.#lastReset = reset.catch(() => undefined);
    return reset;
  }

  /** Another policy, for this world and for those after a reset. It has been checked. */
  changePolicy(text: string, regions: readonly string[]): void {
    this.#options = { ...this.#options, policy: text };
    this.#running.world.changePolicy(text);
    this.feed.publish('policy', this.#running.world.aws.clock.now(), { regions });
  }

  /** The text of the policy that the hub has. */
  get policy(): string {
    return this.#options.policy;
  }

  /** For this world and for those after a reset. @param speed virtual seconds in a real one */
  changeSpeed(speed: number): void {
    this.#options = { ...this.#options, speed };
    this.#running.changeSpeed(speed);
  }

  health(): Health {
    const { seed, speed } = this.#options;
    const { source, world } = this.#running;
    return {
      status: 'ready',
      world: source.name,
      seed,
      speed,
      virtualTime: new Date(world.aws.clock.now()).toISOString(),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  stop(): void {
    this.#running.stop();
  }
}

const RESET_MEANWHILE = {
  codes: { query: 'Unavailable', json: 'ServiceUnavailable' },
  message: 'The sandbox was emptied before the answer was there.',
  status: 503,
};
