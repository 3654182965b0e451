import { parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { SimulatedAws } from '../../../sim/aws.ts';
import type { Call } from '../../../sim/types.ts';
import type { Role } from '../plan/steps.ts';
import { Timeline } from './journal.ts';
import { listAt, memberAt, textAt } from './read.ts';

/** The CIDRs of each side that the ledger remembers as judged. */
export type Remembered = Readonly<Record<Role, readonly Cidr[]>>;

/** What the first of two looks has written. */
export interface FirstLook {
  readonly at: number;
  readonly reason: string;
  readonly rule: string;
  readonly policyVersion: string;
}

/** A write to the ledger that was done, whatever its caller heard of it. */
export interface LedgerWrite {
  readonly call: Call;
  readonly peeringId: string;
  readonly sortKey: string;
  /** Absent where the item was deleted. */
  readonly item: unknown;
}

/** What autopeer remembers, item by item, read from its own writes: one that got lost is not in here either. */
export class LedgerMirror {
  readonly #consents = new Map<string, Timeline<Remembered | undefined>>();
  readonly #firstLooks = new Map<string, FirstLook>();
  /** By peering, the sort keys of its other items. */
  readonly #items = new Map<string, Set<string>>();
  readonly #listeners: ((write: LedgerWrite) => void)[] = [];

  constructor(aws: SimulatedAws) {
    aws.watch({
      after: (call, input) => {
        if (call.service !== 'dynamodb') return;
        for (const write of writesOf(call, input)) {
          // First, so that a listener sees what was remembered before.
          for (const listener of this.#listeners) listener(write);
          this.#take(write, aws.clock.now());
        }
      },
    });
  }

  onWrite(listener: (write: LedgerWrite) => void): void {
    this.#listeners.push(listener);
  }

  consentNow(peeringId: string): Remembered | undefined {
    return this.#consents.get(peeringId)?.now;
  }

  /** Everything that was remembered at some instant of these; `undefined` is nothing. */
  consentsDuring(peeringId: string, fromMs: number, untilMs: number): readonly (Remembered | undefined)[] {
    const known = (this.#consents.get(peeringId)?.during(fromMs, untilMs) ?? []).map(({ value }) => value);
    const [first] = this.#consents.get(peeringId)?.during(0, untilMs) ?? [];
    return first === undefined || first.fromMs > fromMs ? [undefined, ...known] : known;
  }

  firstLook(peeringId: string): FirstLook | undefined {
    return this.#firstLooks.get(peeringId);
  }

  /** Whether an item is there, by its sort key or the start of it. */
  has(peeringId: string, sortKey: string): boolean {
    return [...(this.#items.get(peeringId) ?? [])].some((key) => key.startsWith(sortKey));
  }

  #take({ peeringId, sortKey, item }: LedgerWrite, now: number): void {
    const items = this.#items.get(peeringId) ?? new Set();
    this.#items.set(peeringId, items);
    if (item === undefined) items.delete(sortKey);
    else items.add(sortKey);
    if (sortKey === 'consent') {
      const consents = this.#consents.get(peeringId) ?? new Timeline();
      this.#consents.set(peeringId, consents);
      consents.set(now, item === undefined ? undefined : readConsent(item));
    }
    if (sortKey !== 'confirm') return;
    if (item === undefined) this.#firstLooks.delete(peeringId);
    else this.#firstLooks.set(peeringId, readFirstLook(item));
  }
}

export const readConsent = (item: unknown): Remembered => {
  const cidrs = (role: Role): readonly Cidr[] =>
    listAt(item, role, 'L').flatMap((each) => parseCidr(textAt(each, 'S') ?? '') ?? []);
  return { requester: cidrs('requester'), accepter: cidrs('accepter') };
};

export const readFirstLook = (item: unknown): FirstLook => ({
  at: Number(textAt(item, 'at', 'N')),
  reason: textAt(item, 'reason', 'S') ?? '',
  rule: textAt(item, 'rule', 'S') ?? '',
  policyVersion: textAt(item, 'policyVersion', 'S') ?? '',
});

/** Of items of peerings, one a call or many. */
function writesOf(call: Call, input: unknown): readonly LedgerWrite[] {
  const write = (key: unknown, item: unknown): readonly LedgerWrite[] => {
    const peeringId = textAt(key, 'pk', 'S')?.match(/^peering#(.*)$/)?.[1];
    const sortKey = textAt(key, 'sk', 'S');
    return peeringId === undefined || sortKey === undefined ? [] : [{ call, peeringId, sortKey, item }];
  };
  if (call.action === 'PutItem') return write(memberAt(input, 'Item'), memberAt(input, 'Item'));
  if (call.action === 'DeleteItem') return write(memberAt(input, 'Key'), undefined);
  if (call.action !== 'BatchWriteItem') return [];
  return Object.keys(memberAt(input, 'RequestItems') ?? {})
    .flatMap((table) => listAt(input, 'RequestItems', table))
    .flatMap((request) => {
      const item = memberAt(request, 'PutRequest', 'Item');
      return item === undefined
        ? write(memberAt(request, 'DeleteRequest', 'Key'), undefined)
        : write(item, item);
    });
}
