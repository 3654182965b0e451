import type { AccountId, Region } from '../../shared/domain/facts/ids.ts';
import type { DenyingPolicy } from './denial.ts';

/** What was read, or why it could not be: nothing that is not known passes for well, or for wrong. */
export type Known<Value> = { readonly kind: 'known'; readonly value: Value } | Unread;

/** The code of what a hub of an older release does not answer. */
export const NO_SUCH_VERB = 'no-such-verb';

export interface Unread {
  readonly kind: 'unknown';
  /** For people, the same wherever the same stands in the way. */
  readonly why: string;
  /** AWS's error code, where AWS refused it. */
  readonly code?: string | undefined;
  /** Which policy refused it, as far as AWS says. */
  readonly policy?: DenyingPolicy | undefined;
}

/** How the hub stands by its ledger: the answer of the verb `health`. Instants are ISO 8601. */
export interface Health {
  /** The release that is deployed. */
  readonly version: string | null;
  readonly lastSweep: { readonly at: string; readonly accounts: number } | null;
  readonly suspended: { readonly by: string; readonly at: string } | null;
  readonly cutWithinHour: number;
  readonly deadLetters: readonly {
    readonly cause: string;
    readonly text: string;
    readonly letters: number;
  }[];
  /** Those that could not be read once. */
  readonly places: readonly {
    readonly account: string;
    readonly region: string;
    readonly state: string;
    readonly code?: string | undefined;
    readonly reason?: string | undefined;
    readonly since: string;
  }[];
  readonly blocked: readonly {
    readonly peering: string;
    readonly step: string;
    readonly problem: string;
  }[];
}

export interface RuleFacts {
  readonly name: string;
  /** On the hub's bus, or on the default one, as schedules are. */
  readonly isOnHubBus: boolean;
  readonly isEnabled: boolean;
}

export interface HubFacts {
  /** The account of the credentials. */
  readonly caller: Known<string>;
  /** When the parameter was made that says where commands are sent to, ISO 8601; `undefined` where there is no hub. */
  readonly madeAt: Known<string | undefined>;
  readonly health: Known<Health>;
  /** The policy of the hub's bus as JSON; `undefined` where it has none. */
  readonly busPolicy: Known<string | undefined>;
  readonly rules: Known<readonly RuleFacts[]>;
  /** Messages in the queues that nothing reads, by name. */
  readonly lastQueues: Known<readonly { readonly name: string; readonly messages: number }[]>;
  readonly ledger: Known<{ readonly deletionProtection: boolean; readonly pointInTime: boolean }>;
  readonly alarms: Known<readonly { readonly name: string; readonly state: string }[]>;
  readonly hasSlackWebhook: Known<boolean>;
  /** Subscriptions of the topic of notices. */
  readonly subscriptions: Known<number>;
  /** Those of the topic of alarms. */
  readonly alarmSubscriptions: Known<number>;
}

export interface RoleFacts {
  /** The principals and conditions of the trust policy, as JSON. */
  readonly trust: string;
  /** What the role's own policy allows, in lower case: `ec2:createroute`. */
  readonly actions: readonly string[];
}

export interface AccountFacts {
  readonly accountId: AccountId;
  readonly name: string;
  /** The hub's own and the management account are enrolled only where people want it. */
  readonly isOptional: boolean;
  /** Whether the role for people could be assumed. */
  readonly reader: Known<true>;
  /** The role that the hub assumes; `undefined` where it is not there. */
  readonly memberRole: Known<RoleFacts | undefined>;
  /** Peerings that changed in the last day only because a sweep came by: no event had told of them. */
  readonly foundBySweep: Known<number>;
  readonly places: readonly PlaceFacts[];
}

export interface ForwardRule {
  readonly isEnabled: boolean;
  /** JSON. */
  readonly pattern: string;
  readonly targets: readonly {
    readonly arn: string;
    readonly roleArn: string | undefined;
    readonly deadLetterArn: string | undefined;
  }[];
}

export interface TrailFacts {
  readonly name: string;
  readonly isLogging: boolean;
  /** Whether its selectors take EC2's management events that write. */
  readonly takesManagementWrites: boolean;
}

export interface VpcLoad {
  readonly vpcId: string;
  /** Active peerings. */
  readonly peerings: number;
  readonly tables: readonly { readonly id: string; readonly routes: number }[];
}

export interface PlaceFacts {
  readonly accountId: AccountId;
  readonly region: Region;
  /** `undefined` where there is no such rule. */
  readonly rule: Known<ForwardRule | undefined>;
  /** The role of that rule, by the trust that it gives; `undefined` where it is not there. */
  readonly forwardRole: Known<RoleFacts | undefined>;
  /** Messages that EventBridge could not deliver; `undefined` where there is no such queue. */
  readonly undelivered: Known<number | undefined>;
  readonly trails: Known<readonly TrailFacts[]>;
  /** The hour in which the rule last matched an event, ISO 8601; `undefined` where none did for two weeks. */
  readonly lastEvent: Known<string | undefined>;
  readonly vpcs: Known<readonly VpcLoad[]>;
  /** AWS's quotas here: peerings a VPC, routes a table. */
  readonly quotas: Known<{ readonly peeringsPerVpc: number; readonly routesPerTable: number }>;
}

/** What should be there, from what this command would deploy. */
export interface Expected {
  readonly version: string;
  /** autopeer-prod, which every name begins with. */
  readonly name: string;
  readonly hubRegion: string;
  readonly hubRules: readonly string[];
  readonly alarms: readonly string[];
  /** JSON. */
  readonly forwardPattern: string;
  /** What the member role may do, in lower case; the one that deletes peerings is optional. */
  readonly memberActions: readonly string[];
  readonly optionalMemberActions: readonly string[];
  /** How many peerings an hour the policy lets be cut. */
  readonly cutsAnHour: number;
}

export interface Facts {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly expected: Expected;
  readonly hub: HubFacts;
  readonly accounts: Known<readonly AccountFacts[]>;
}
