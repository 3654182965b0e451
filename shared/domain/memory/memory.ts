import type { Cidr } from '../facts/cidr.ts';
import type { AccountId, Region, RouteTableId } from '../facts/ids.ts';
import type { Role, SideLocation } from '../facts/peering.ts';
import type { Destination } from '../facts/vpc.ts';
import type { Digest } from '../policy/language/canonical.ts';

/** A route that autopeer wrote, or was about to write. */
export interface LedgerRoute {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
  /** When it was claimed, epoch milliseconds; claims of older releases do not have it. */
  readonly at?: number | undefined;
}

/** The CIDRs of each side that were judged before traffic to them was let through. */
export type Consent = Readonly<Record<Role, readonly Cidr[]>> & {
  /** autopeer itself accepted the peering, by a rule of that time. */
  readonly isAccepted?: boolean;
  /** The fingerprint of the approval that traffic was let through on. */
  readonly approval?: Digest;
};

/** A route that a guardrail took away, or was about to take away. */
export interface CutRoute {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Destination;
  /** Whether autopeer had written it. A route that somebody else had written stays theirs when it is put back. */
  readonly wasOurs: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What the first of two looks found. A guardrail cuts only when a second look agrees. */
export interface Suspicion {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The reason's code. */
  readonly reason: string;
  /** The rule that decided; `-` where none did. */
  readonly rule: string;
  /** The digest of the policy's live rules. */
  readonly policyVersion: string;
}

/** A wanted route that is left to others for a while. */
export interface MissingRoute {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
  /** When a look first saw that it is missing, epoch milliseconds. */
  readonly since: number;
}

/** A step that AWS refuses until a person does something, and when it was last tried. */
export interface BlockedStep {
  /** What `stepId` in plan.ts calls it. */
  readonly step: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** AWS's answer, for people. */
  readonly problem: string;
}

/** What is remembered of a peering. */
export interface Memory {
  /** Where both sides were when they were last seen; EC2 forgets that some time after the end. */
  readonly sides: Readonly<Record<Role, SideLocation>> | undefined;
  /** Routes that are ours. One that was claimed and then not created may be among them, until a look finds it absent. */
  readonly routes: readonly LedgerRoute[];
  /** What people were told last. It is told again only when it changes. */
  readonly told: string | undefined;
  /** What people were told last of what trial rules would do. */
  readonly planned: string | undefined;
  /** `undefined` for a peering that somebody else accepted, and for one from before consent was remembered. */
  readonly consent: Consent | undefined;
  readonly cuts: readonly CutRoute[];
  readonly suspicion: Suspicion | undefined;
  /** The sides whose DNS flag autopeer turned on. */
  readonly dns: readonly Role[];
  readonly blocked: readonly BlockedStep[];
  readonly missing: readonly MissingRoute[];
  /** The digest of what people are asked to approve; `undefined` where nothing is. */
  readonly asked: Digest | undefined;
}

/** A peering that the ledger has never heard of. */
export const NO_MEMORY: Memory = {
  sides: undefined,
  routes: [],
  told: undefined,
  planned: undefined,
  consent: undefined,
  cuts: [],
  suspicion: undefined,
  dns: [],
  blocked: [],
  missing: [],
  asked: undefined,
};

/** Two claims on one route are the same claim. */
export const routeKey = ({
  accountId,
  region,
  routeTableId,
  destination,
}: Omit<LedgerRoute, 'destination' | 'at'> & { readonly destination: Destination }): string =>
  `${accountId}/${region}/${routeTableId}/${destination}`;

/** One thing that happened to a peering. Entries are added to the history and never changed. */
export interface HistoryEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The verdict's kind: `connect`, `hold`, … */
  readonly verdict: string;
  /** The rule that decided, where one did. */
  readonly rule?: string | undefined;
  readonly reason: { readonly code: string; readonly text: string };
  /** The policy's content hash. */
  readonly policyVersion: string;
  /** What caused the look, as CloudTrail has it: `DeleteRoute by arn:…`. */
  readonly by?: string | undefined;
  /** What is about to be done, a sentence each, in an entry that is written before it. */
  readonly planned?: readonly string[] | undefined;
  /** The steps that were done, a sentence each. */
  readonly changes: readonly string[];
  /** The fingerprint of the approval that it rests on, where its rule asks for one. */
  readonly approval?: Digest | undefined;
  /** Nothing was done: the policy says so, or people had suspended autopeer. */
  readonly isDryRun?: true | undefined;
  /** How the look ended: `settled`, `waiting`, `held`, `refused` or `failed`; absent in an entry that is written before it. */
  readonly outcome?: string | undefined;
  /** What stood in the way, a sentence each. */
  readonly problems?: readonly string[] | undefined;
  /** What people were told of it, a title each. */
  readonly notices?: readonly string[] | undefined;
}
