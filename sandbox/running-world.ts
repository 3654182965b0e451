import type { Cancel } from '../sim/clock.ts';
import type { Answer } from '../sim/wire/http.ts';
import { HUB_ACCOUNT, World, type DeployedCode } from '../sim/world/world.ts';
import { buildWorld } from './build-world.ts';
import type { PlacedVpc } from './placed-vpc.ts';
import { SwitchedFaults } from './fault-settings.ts';
import type { Feed } from './feed.ts';
import { loopbackHttp } from './loopback-http.ts';
import { Pace } from './pace.ts';
import { drain } from './recorder.ts';
import { addRoleOnFirstUse } from './roles-on-first-use.ts';
import { keepSchedules } from './schedules.ts';
import type { Surroundings } from './surroundings.ts';
import type { WallClock } from './wall-clock.ts';
import type { WorldFinding } from './world-fault.ts';
import type { WorldSource } from './worlds.ts';

/** Who acts with an access key that is neither an account's nor a session's. */
export const DEFAULT_ACCOUNT = '123456789012';
/** What EC2 answers at most to a client that asks for no pages, here: the highest MaxResults of most actions. */
const PAGE_SIZE = 1_000;
/** What is in the world came to be in this time before its start: peerings take some seconds. */
const BUILDING_MS = 60_000;

export interface RunOptions {
  /** The text of the policy that the hub is deployed with. */
  readonly policy: string;
  /** Regions that get the member stack, where the world file does not say. */
  readonly regions: readonly string[];
  readonly seed: number;
  /** Virtual seconds in a real one. */
  readonly speed: number;
  readonly wall: WallClock;
  readonly deployed?: DeployedCode;
}

/** EC2 refuses parts of a world file. */
export class WorldFileError extends Error {
  override readonly name = 'WorldFileError';
  readonly findings: readonly WorldFinding[];

  constructor(findings: readonly WorldFinding[]) {
    super(`EC2 refuses parts of the world file: ${findings.map(({ message }) => message).join('; ')}`);
    this.findings = findings;
  }
}

interface Built {
  readonly world: World;
  readonly vpcs: ReadonlyMap<string, PlacedVpc>;
  /** Ends what the world does outside of itself. */
  readonly end: AbortController;
}

/** A world in which time passes by itself: as real time does, or faster. */
export class RunningWorld {
  readonly source: WorldSource;
  readonly world: World;
  readonly vpcs: ReadonlyMap<string, PlacedVpc>;
  readonly faults: SwitchedFaults;
  readonly #pace: Pace;
  readonly #feed: Feed;
  readonly #stopPace: Cancel;
  readonly #underway = new Set<() => void>();
  readonly #end: AbortController;

  private constructor(source: WorldSource, built: Built, { wall, speed }: RunOptions, feed: Feed) {
    this.source = source;
    this.world = built.world;
    this.vpcs = built.vpcs;
    this.#end = built.end;
    this.#feed = feed;
    this.faults = new SwitchedFaults(built.world);
    keepSchedules(this.world.aws, this.world.hub.rules);
    this.#pace = new Pace({ clock: this.world.aws.clock, wall, speed });
    this.#stopPace = this.#pace.start(() => drain(this.world, feed));
  }

  /** @throws WorldFileError */
  static async start(
    source: WorldSource,
    options: RunOptions,
    surroundings: Surroundings,
  ): Promise<RunningWorld> {
    const { policy, seed, regions, wall, deployed } = options;
    const end = new AbortController();
    // Sessions expire at an instant that clients compare with their own clocks: virtual time begins as real time.
    const nowMs = Math.floor(wall.now());
    const world: World = new World({
      ...deployed,
      policy,
      seed,
      regions: source.file.regions ?? regions,
      // `autopeer plan`, `snapshot` and `doctor` read as the hub's administrator.
      memberParameters: { ReadPrincipalArn: `arn:aws:iam::${HUB_ACCOUNT}:user/administrator` },
      startMs: nowMs - BUILDING_MS,
      defaultAccountId: DEFAULT_ACCOUNT,
      ec2: { pageSize: PAGE_SIZE },
      sendHttp: loopbackHttp(end.signal),
      publicUrl: () => surroundings.publicUrl,
      beforeCall: (call, input) => addRoleOnFirstUse(world.aws.iam, call, input),
    });
    const { vpcs, findings } = await buildWorld(world, source.file);
    if (findings.length > 0) throw new WorldFileError(findings);
    await world.aws.clock.run(nowMs);
    return new RunningWorld(source, { world, vpcs, end }, options, surroundings.feed);
  }

  /** Answers a request; with nothing where the world stops before its answer is there. */
  answer(request: Parameters<Answer>[0]): Promise<Awaited<ReturnType<Answer>> | undefined> {
    return new Promise((resolve, reject) => {
      const abandon = (): void => resolve(undefined);
      this.#underway.add(abandon);
      this.world.aws
        .answer(request)
        .then(resolve, reject)
        .finally(() => this.#underway.delete(abandon));
    });
  }

  /** @param speed virtual seconds in a real one, from now on */
  changeSpeed(speed: number): void {
    this.#pace.change(speed);
  }

  /** Everything that is due by now has happened, and has been told, when this resolves. */
  async catchUp(): Promise<void> {
    await this.#pace.catchUp();
    drain(this.world, this.#feed);
  }

  /** Time stands still from now on; requests that wait get no answer, and nothing is sent any more. */
  stop(): void {
    this.#stopPace();
    this.#end.abort();
    for (const abandon of this.#underway) abandon();
  }
}
