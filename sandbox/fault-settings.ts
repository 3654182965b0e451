import * as z from 'zod';
import { parseRegion } from '../shared/domain/facts/ids.ts';
import { AwsError, type Call } from '../sim/types.ts';
import { WIRE_SERVICES } from '../sim/wire/services.ts';
import { NAME, type World } from '../sim/world/world.ts';

const HOUR_MS = 3_600_000;
const MAX_CALLS = 10_000;

const share = z.number().min(0, 'a share is from 0 to 1').max(1, 'a share is from 0 to 1');

/** `ec2.us-east-1`, as AWS's host names begin. */
const endpoint = z
  .string()
  .refine((text) => isEndpoint(text), 'an endpoint is a service and a region, such as ec2.us-east-1');

const settingsSchema = z.strictObject({
  /** The share of calls that are throttled. */
  throttle: share,
  /** The share of CloudTrail's events that never arrive. */
  dropEvents: share,
  /** The share of them that arrive twice. */
  duplicateEvents: share,
  /** How long EC2's answers do not show what was just written, in virtual milliseconds. */
  lagMs: z.int().min(0).max(HOUR_MS),
  /** Accounts whose member role may do nothing. */
  deny: z.array(z.string().regex(/^\d{12}$/, 'an account id has twelve digits')),
  /** Endpoints that never answer anybody. */
  hang: z.array(endpoint),
  /** The next invocation that comes to so many AWS calls dies there; 0 takes it back. */
  crashAfterCall: z.int().min(0).max(MAX_CALLS),
});

/** What `POST /_autopeer/faults` takes: what is left out stays as it is. */
export const faultSchema = settingsSchema.partial();

type FaultSettings = z.output<typeof settingsSchema>;
export type FaultChange = z.output<typeof faultSchema>;

const NONE: FaultSettings = {
  throttle: 0,
  dropEvents: 0,
  duplicateEvents: 0,
  lagMs: 0,
  deny: [],
  hang: [],
  crashAfterCall: 0,
};

/** The faults that somebody has switched on in a world. */
export class SwitchedFaults {
  readonly #world: World;
  #settings = NONE;

  constructor(world: World) {
    this.#world = world;
  }

  get settings(): FaultSettings {
    // A crash is used up when it happens.
    return { ...this.#settings, crashAfterCall: this.#world.aws.faults.crashAfterCalls ?? 0 };
  }

  change(change: FaultChange): void {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#apply({ ...this.settings, ...Object.fromEntries(given) });
  }

  clear(): void {
    this.#apply(NONE);
  }

  #apply(settings: FaultSettings): void {
    this.#settings = settings;
    const { throttle, dropEvents, duplicateEvents, lagMs, deny, hang, crashAfterCall } = settings;
    const { faults, trail, ec2 } = this.#world.aws;
    faults.clear();
    for (const accountId of deny) faults.denyRole(accountId, `${NAME}-member`);
    for (const each of hang) faults.hang(partsOf(each));
    if (throttle > 0) faults.failSome({}, throttle, throttled);
    if (crashAfterCall > 0) faults.crashAfterCall(crashAfterCall);
    trail.configure({ dropRate: dropEvents, duplicateRate: duplicateEvents });
    ec2.configure({ readLagMs: lagMs });
  }
}

function partsOf(text: string): { readonly service: string; readonly region: string } {
  const [service = '', region = ''] = text.split('.');
  return { service, region };
}

function isEndpoint(text: string): boolean {
  const { service, region } = partsOf(text);
  return WIRE_SERVICES.has(service) && parseRegion(region) !== undefined && text === `${service}.${region}`;
}

/** EC2 has a code of its own; the others have the common ones of their protocols. */
function throttled({ service }: Call): AwsError {
  switch (service) {
    case 'ec2':
      return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    case 'sts':
    case 'sns':
      return new AwsError('Throttling', 'Rate exceeded');
    default:
      return new AwsError('ThrottlingException', 'Rate exceeded');
  }
}
