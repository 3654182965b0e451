import { parseArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import { compilePattern } from './pattern/compile.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import type { SeededRandom } from '../random.ts';
import { AwsError } from '../types.ts';
import { busArn, busName, ruleArn } from './event-bus-arn.ts';
import type { Delivery, EventEnvelope, EventRule, EventTarget, FailedInvocation } from './event-rules.ts';
import { sendToTarget, type TargetServices } from './event-targets.ts';

/**
 * From the arrival on a bus to the call of a target: "typically about half a second".
 * @see https://aws.amazon.com/eventbridge/faqs/
 */
const BUS_LATENCY_MS = 500;
/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const RULES_PER_BUS = 300;
const TARGETS_PER_RULE = 5;

/** Simulated EventBridge: every bus of every account and region. */
export class SimulatedEventBridge {
  /** What each bus received, in order. */
  readonly delivered: Delivery[] = [];
  readonly failedInvocations: FailedInvocation[] = [];
  /** Events for buses that do not exist; PutEvents says nothing about them. */
  readonly lost: EventEnvelope[] = [];
  /** When each rule has matched an event, by its ARN. */
  readonly triggered = new Map<string, number[]>();
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #services: TargetServices;
  readonly #buses = new Map<string, Map<string, EventRule>>();

  constructor(deps: {
    clock: VirtualClock;
    random: SeededRandom;
    iam: SimulatedIam;
    targets: Omit<TargetServices, 'iam' | 'receive'>;
  }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#services = {
      ...deps.targets,
      iam: deps.iam,
      receive: (busArn, event) => this.receive(busArn, event, true),
    };
  }

  createBus(accountId: string, region: string, name: string): string {
    const arn = busArn(accountId, region, name);
    if (name === 'default' || this.#buses.has(arn)) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    this.#buses.set(arn, new Map());
    return arn;
  }

  /** The rules of a bus, or undefined when there is no such bus. Every account has a default bus in every region. */
  rules(arn: string): Map<string, EventRule> | undefined {
    const known = this.#buses.get(arn);
    if (known !== undefined || !arn.endsWith(':event-bus/default')) return known;
    const rules = new Map<string, EventRule>();
    this.#buses.set(arn, rules);
    return rules;
  }

  /** Creates or changes a rule; throws for a pattern that EventBridge would refuse. */
  putRule(
    bus: string,
    rule: {
      name: string;
      pattern?: string;
      schedule?: string;
      enabled?: boolean;
      description?: string;
      roleArn?: string;
    },
  ): EventRule {
    const rules = this.#requireRules(bus);
    const { name, pattern, schedule, enabled = true, description, roleArn } = rule;
    if (pattern === undefined && schedule === undefined) {
      throw new AwsError(
        'ValidationException',
        'Parameter(s) EventPattern or ScheduleExpression must be specified.',
      );
    }
    if (schedule !== undefined && !bus.endsWith('/default')) {
      throw new AwsError(
        'ValidationException',
        'ScheduleExpression is supported only on the default event bus.',
      );
    }
    if (!rules.has(name) && rules.size >= RULES_PER_BUS) {
      throw new AwsError(
        'LimitExceededException',
        `The requested resource exceeds the maximum number allowed.`,
      );
    }
    const created: EventRule = {
      arn: ruleArn(bus, name),
      name,
      busArn: bus,
      enabled,
      ...(pattern === undefined ? {} : { pattern, matches: compilePattern(pattern) }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(description === undefined ? {} : { description }),
      ...(roleArn === undefined ? {} : { roleArn }),
      targets: rules.get(name)?.targets ?? new Map<string, EventTarget>(),
    };
    rules.set(name, created);
    return created;
  }

  putTargets(bus: string, ruleName: string, targets: readonly EventTarget[]): void {
    const rule = this.requireRule(bus, ruleName);
    for (const target of targets) {
      assertTarget(rule, target);
      rule.targets.set(target.id, target);
      if (rule.targets.size > TARGETS_PER_RULE) {
        rule.targets.delete(target.id);
        throw new AwsError(
          'LimitExceededException',
          'The requested resource exceeds the maximum number allowed.',
        );
      }
    }
  }

  /** The rules of a bus that must exist. */
  rulesOf(bus: string): readonly EventRule[] {
    return [...this.#requireRules(bus).values()];
  }

  /** A rule that must exist. */
  requireRule(bus: string, name: string): EventRule {
    const rule = this.#requireRules(bus).get(name);
    if (rule !== undefined) return rule;
    throw new AwsError(
      'ResourceNotFoundException',
      `Rule ${name} does not exist on EventBus ${busName(bus)}.`,
    );
  }

  enableRule(bus: string, name: string, enabled: boolean): void {
    this.#requireRules(bus).set(name, { ...this.requireRule(bus, name), enabled });
  }

  /** Deletes a rule, if there is one; a rule with targets stays. */
  deleteRule(bus: string, name: string): void {
    const rules = this.#requireRules(bus);
    const targets = rules.get(name)?.targets.size ?? 0;
    if (targets > 0) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    }
    rules.delete(name);
  }

  /** The buses of an account in a region, the default one at the head. */
  buses(accountId: string, region: string): readonly string[] {
    const prefix = busArn(accountId, region, '');
    const own = [...this.#buses.keys()].filter((arn) => arn.startsWith(prefix));
    const byDefault = `${prefix}default`;
    return [byDefault, ...own.filter((arn) => arn !== byDefault)];
  }

  deleteBus(arn: string): void {
    this.#buses.delete(arn);
  }

  /** An envelope of the moment, with an id of its own. */
  envelope(
    fields: Pick<EventEnvelope, 'source' | 'detail-type' | 'account' | 'region' | 'detail'> & {
      timeMs?: number;
      resources?: readonly string[];
    },
  ): EventEnvelope {
    const { timeMs = this.#clock.now(), resources = [], ...rest } = fields;
    const time = `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
    return {
      version: '0',
      id: this.#random.uuid(),
      'detail-type': rest['detail-type'],
      source: rest.source,
      account: rest.account,
      time,
      region: rest.region,
      resources,
      detail: rest.detail,
    };
  }

  /**
   * A bus receives an event and hands it to the targets of the rules that match.
   *
   * @param forwarded the event comes from another bus; it then goes to no third one
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
   */
  receive(bus: string, event: EventEnvelope, forwarded = false): void {
    const rules = this.rules(bus);
    if (rules === undefined) {
      this.lost.push(event);
      return;
    }
    this.delivered.push({ atMs: this.#clock.now(), busArn: bus, event });
    for (const rule of rules.values()) {
      if (!rule.enabled || rule.matches?.(event) !== true) continue;
      this.#noteTriggered(rule);
      for (const target of rule.targets.values()) {
        if (forwarded && parseArn(target.arn)?.service === 'events') continue;
        this.#clock.schedule(BUS_LATENCY_MS, () => this.#send(rule, target, event));
      }
    }
  }

  /** The policy of a bus as JSON, where it has one. */
  policyOf(arn: string): string | undefined {
    const document = this.#services.iam.documentOn(arn);
    return document === undefined ? undefined : JSON.stringify(document);
  }

  #noteTriggered({ arn }: EventRule): void {
    const known = this.triggered.get(arn) ?? [];
    known.push(this.#clock.now());
    this.triggered.set(arn, known);
  }

  /** Fires a rule with a schedule, once, now. */
  fireSchedule(rule: EventRule): void {
    const { accountId, region } = parseArn(rule.arn) ?? { accountId: '', region: '' };
    const event = this.envelope({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      account: accountId,
      region,
      resources: [rule.arn],
      detail: {},
    });
    for (const target of rule.targets.values())
      this.#clock.schedule(0, () => this.#send(rule, target, event));
  }

  #send(rule: EventRule, target: EventTarget, event: EventEnvelope): void {
    try {
      sendToTarget(this.#services, rule, target, event);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message } = error;
      const failure = {
        atMs: this.#clock.now(),
        ruleArn: rule.arn,
        targetArn: target.arn,
        code,
        message,
        event,
      };
      this.failedInvocations.push(failure);
      this.#services.deadLetter(rule, target, failure);
    }
  }

  #requireRules(bus: string): Map<string, EventRule> {
    const rules = this.rules(bus);
    if (rules !== undefined) return rules;
    throw new AwsError('ResourceNotFoundException', `Event bus ${busName(bus)} does not exist.`);
  }
}

/** A bus of another account or region can be a target only with a role. */
function assertTarget(rule: EventRule, target: EventTarget): void {
  const [from, to] = [parseArn(rule.busArn), parseArn(target.arn)];
  if (from === undefined || to === undefined) {
    throw new AwsError('ValidationException', `Provided Arn is not in correct format: ${target.arn}`);
  }
  const isElsewhere = from.accountId !== to.accountId || from.region !== to.region;
  if (to.service === 'events' && isElsewhere && target.roleArn === undefined) {
    throw new AwsError('ValidationException', `RoleArn is required for target ${target.arn}.`);
  }
}
