import type { EnvironmentFates } from '../../sim/lambda/lambda.ts';
import { DEFAULT_OPTIONS } from '../../sim/ec2/options.ts';
import type { Fate, Fates } from '../../sim/faults.ts';
import { denialOf } from '../../sim/iam/iam.ts';
import { AwsError, type Call } from '../../sim/types.ts';
import { listAt } from './invariants/read.ts';
import { Draw } from './plan/draw.ts';
import { lastingFate } from './lasting-fates.ts';
import { blinds } from './invariants/broken.ts';
import { STALE_MS, type PlannedFault, type TroubleKind } from './plan/faults.ts';
import type { LastingTrouble } from './plan/lasting.ts';
import type { Stage } from './stage.ts';
import { note } from './stage.ts';

/** EventBridge's and CloudTrail's usual way: some seconds, and in order. */
const USUAL_DELAY_MS = [2_000, 17_000] as const;

type Planned<Kind extends TroubleKind> = Extract<PlannedFault, { kind: Kind }>;

interface Live {
  readonly fault: PlannedFault;
  /** Its own chance, so that leaving out one fault changes nothing in the others. */
  readonly draw: Draw;
}

const away = (): AwsError => new AwsError('ServiceUnavailable', 'The service is unavailable.', 503);

/**
 * Lets the plan's faults happen, each in its time, and counts them by kind. People's own calls are spared: what they
 * did not do would only be another plan.
 */
export class Troubles implements Fates, EnvironmentFates {
  readonly counts = new Map<TroubleKind, number>();
  readonly #stage: Stage;
  #live: readonly Live[] = [];
  #lasting: readonly LastingTrouble[] = [];
  /** What a read got, by the place and the question. */
  readonly #answers = new Map<string, { readonly atMs: number; readonly output: unknown }>();
  readonly #hasStaleReads: boolean;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#hasStaleReads = stage.plan.faults.some(({ kind }) => kind === 'stale-read');
  }

  /** From now on the faults come and go by themselves. */
  start(): void {
    const { world, plan } = this.#stage;
    const { clock, faults, lambda } = world.aws;
    faults.leaveTo(this);
    lambda.leaveTo(this);
    if (this.#hasStaleReads)
      world.aws.watch({ after: (call, input, output) => this.#remember(call, input, output) });
    for (const name of ['WorkQueue', 'SweepQueue', 'RecheckQueue']) {
      const queue = world.aws.sqs.queue(world.hub.arn(name));
      if (queue !== undefined) queue.losesDelete = () => this.#happens('redelivered');
    }
    world.slackStatus = () => {
      if (this.#happens('slack-hangs')) return undefined;
      return this.#happens('slack-down') ? 503 : 200;
    };
    for (const trouble of plan.lasting ?? []) {
      clock.schedule(trouble.fromMs, () => this.#begin(trouble));
    }
    for (const fault of plan.faults) {
      const live = { fault, draw: new Draw(plan.seed * 1009 + fault.id * 31 + 7) };
      clock.schedule(fault.fromMs, () => this.#change([...this.#live, live], `begins: ${describe(fault)}`));
      clock.schedule(fault.untilMs, () => {
        this.#change(
          this.#live.filter((other) => other !== live),
          `ends: ${describe(fault)}`,
        );
      });
    }
  }

  latencyMs(call: Call): number | undefined {
    if (call.traceId === undefined) return 0;
    const slow = this.#find('slow', ({ service }) => isFor(service, call));
    if (slow === undefined || !this.#happens('slow')) return undefined;
    return slow.latencyMs;
  }

  of(call: Call, input: unknown): Fate | undefined {
    if (call.traceId === undefined) return undefined;
    const broken = this.#brokenRole(call, input);
    if (broken !== undefined) return broken;
    const lasting = lastingFate(this.#lasting, call);
    if (lasting !== undefined) return lasting;
    if (this.#live.length === 0) return undefined;
    const fate = this.#refusal(call, input) ?? this.#loss(call, input);
    if (fate !== undefined) note(this.#stage, `fault on ${call.service}:${call.action}: ${fateText(fate)}`);
    return fate;
  }

  /** From now on it is so. */
  #begin(trouble: LastingTrouble): void {
    this.#lasting = [...this.#lasting, trouble];
    note(this.#stage, `for ever: ${JSON.stringify(trouble)}`);
    if (blinds(trouble) && 'region' in trouble) {
      this.#stage.judge?.journal.noteBlindness(trouble.accountId, trouble.region);
    }
  }

  dies(functionName: string, moment: 'before-call' | 'after-call'): boolean {
    const dies = this.#happens('killed', (fault) => fault.moment === moment);
    if (dies) note(this.#stage, `${functionName} is killed ${moment.replace('-', ' ')}`);
    return dies;
  }

  skewMs(): number {
    const apart = this.#find('clocks-apart');
    if (apart === undefined) return 0;
    this.#count('clocks-apart');
    const draw = this.#live.find(({ fault }) => fault === apart)?.draw;
    return draw?.integer(-apart.skewMs, apart.skewMs) ?? 0;
  }

  /** What an account's admin has done to the member role: no fault of AWS, and it lasts. */
  #brokenRole(call: Call, input: unknown): Fate | undefined {
    const { brokenRoles } = this.#stage;
    if (brokenRoles.size === 0) return undefined;
    const isAssuming = call.service === 'sts' && brokenRoles.get(roleAccount(input) ?? '') === 'deleted';
    const isActing = call.service === 'ec2' && brokenRoles.has(call.caller.accountId);
    return isAssuming || isActing ? { kind: 'fail', error: denialOf(call, '*', '') } : undefined;
  }

  /** Calls that are answered with an error and not done. */
  #refusal(call: Call, input: unknown): Fate | undefined {
    const { service, region } = call;
    const fail = (error: AwsError): Fate => ({ kind: 'fail', error });
    if (this.#happens('hang', (fault) => hangs(fault, call))) return { kind: 'hang' };
    if (this.#happens('region-away', (fault) => fault.region === region)) return fail(away());
    if (this.#happens('throttled', (fault) => isFor(fault.service, call))) {
      const code = service === 'ec2' ? 'RequestLimitExceeded' : 'ThrottlingException';
      return fail(new AwsError(code, 'Rate exceeded', service === 'ec2' ? 503 : 400));
    }
    if (this.#happens('server-error', (fault) => isFor(fault.service, call))) {
      return fail(new AwsError('InternalError', 'An internal error has occurred', 500));
    }
    if (
      service === 'sts' &&
      this.#happens('role-refused', (fault) => roleAccount(input) === fault.accountId)
    ) {
      return fail(denialOf(call, '*', ''));
    }
    if (
      call.action === 'DescribeVpcs' &&
      this.#happens('vpc-unreadable', (fault) => fault.accountId === call.caller.accountId)
    ) {
      return fail(denialOf(call, '*', 'with an explicit deny in a service control policy'));
    }
    if (service === 'dynamodb' && this.#happens('ledger-down')) {
      return fail(new AwsError('InternalServerError', 'Internal server error', 500));
    }
    return undefined;
  }

  /** Calls of which something gets lost on the way. */
  #loss(call: Call, input: unknown): Fate | undefined {
    if (this.#happens('answer-lost', (fault) => isFor(fault.service, call))) {
      this.#stage.judge?.unanswered.add(call.requestId);
      return { kind: 'lose-answer', error: away() };
    }
    const isLedgerWrite = call.service === 'dynamodb' && call.action !== 'Query';
    if (isLedgerWrite && this.#happens('ledger-loses-write')) return { kind: 'pretend', output: {} };
    if (
      call.action === 'DescribeVpcPeeringConnections' &&
      this.#happens('odd-peering', ({ accountId }) => accountId === call.caller.accountId)
    ) {
      return { kind: 'distort', distort: withoutVpcs };
    }
    const isRead = call.service === 'ec2' && call.action.startsWith('Describe');
    if (!isRead || !this.#hasStaleReads) return undefined;
    const before = this.#answers.get(question(call, input));
    const isRecent = before !== undefined && this.#stage.world.aws.clock.now() - before.atMs <= STALE_MS;
    return isRecent && this.#happens('stale-read') ? { kind: 'pretend', output: before.output } : undefined;
  }

  #remember(call: Call, input: unknown, output: unknown): void {
    if (call.service !== 'ec2' || !call.action.startsWith('Describe')) return;
    this.#answers.set(question(call, input), { atMs: this.#stage.world.aws.clock.now(), output });
  }

  #change(live: readonly Live[], what: string): void {
    this.#live = live;
    note(this.#stage, `fault ${what}`);
    const { trail, ec2 } = this.#stage.world.aws;
    trail.configure({
      dropRate: this.#find('events-lost')?.rate ?? 0,
      duplicateRate: this.#find('events-doubled')?.rate ?? 0,
      reorderRate: this.#find('events-disordered')?.rate ?? 0,
      delayMs: [USUAL_DELAY_MS[0], USUAL_DELAY_MS[1] + (this.#find('events-late')?.delayMs ?? 0)],
    });
    ec2.configure({
      readLagMs: this.#find('read-lag')?.lagMs ?? 0,
      provisioningMs: this.#find('slow-provisioning')?.provisioningMs ?? DEFAULT_OPTIONS.provisioningMs,
    });
    for (const kind of [
      'events-lost',
      'events-doubled',
      'events-disordered',
      'events-late',
      'read-lag',
      'slow-provisioning',
    ] as const) {
      if (this.#find(kind) !== undefined) this.#count(kind);
    }
  }

  #find<Kind extends TroubleKind>(
    kind: Kind,
    fits: (fault: Planned<Kind>) => boolean = () => true,
  ): Planned<Kind> | undefined {
    for (const { fault } of this.#live) {
      if (isOf(fault, kind) && fits(fault)) return fault;
    }
    return undefined;
  }

  #happens<Kind extends TroubleKind>(
    kind: Kind,
    fits: (fault: Planned<Kind>) => boolean = () => true,
  ): boolean {
    for (const { fault, draw } of this.#live) {
      if (!isOf(fault, kind) || !fits(fault)) continue;
      if (fault.rate < 1 && !draw.chance(fault.rate)) continue;
      this.#count(kind);
      return true;
    }
    return false;
  }

  #count(kind: TroubleKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}

const isOf = <Kind extends TroubleKind>(fault: PlannedFault, kind: Kind): fault is Planned<Kind> =>
  fault.kind === kind;

const isFor = (service: string | undefined, call: Call): boolean =>
  service === undefined || service === call.service;

const hangs = ({ service, accountId, region, action }: Planned<'hang'>, call: Call): boolean =>
  service === call.service &&
  (accountId ?? call.caller.accountId) === call.caller.accountId &&
  (region ?? call.region) === call.region &&
  (action ?? call.action) === call.action;

/** The first of the list shows no VPC any more. */
function withoutVpcs(output: unknown): unknown {
  if (typeof output !== 'object' || output === null) return output;
  const VpcPeeringConnections = listAt(output, 'VpcPeeringConnections').map((peering, index) =>
    index === 0 && typeof peering === 'object'
      ? { ...peering, RequesterVpcInfo: undefined, AccepterVpcInfo: undefined }
      : peering,
  );
  return { ...output, VpcPeeringConnections };
}

const question = ({ action, caller, region }: Call, input: unknown): string =>
  `${action} ${caller.accountId} ${region} ${JSON.stringify(input)}`;

/** The account of the role that AssumeRole asks for. */
function roleAccount(input: unknown): string | undefined {
  const arn: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'RoleArn') : undefined;
  return typeof arn === 'string' ? arn.split(':')[4] : undefined;
}

const fateText = (fate: Fate): string => ('error' in fate ? `${fate.kind} ${fate.error.code}` : fate.kind);

const describe = ({ id, fromMs: _from, untilMs: _until, ...trouble }: PlannedFault): string =>
  `${id} ${JSON.stringify(trouble)}`;
