/** A person has stopped every write of autopeer to EC2. */
export interface Suspension {
  /** Who did: the caller's ARN. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Epoch milliseconds; `undefined` where it runs until somebody resumes. */
  readonly until?: number | undefined;
  /** The person's words. */
  readonly reason?: string | undefined;
}

export interface PastSuspension extends Suspension {
  /** How it ended: resumed by a person, replaced by another one, or its time was over. */
  readonly ended: {
    readonly kind: 'resumed' | 'replaced' | 'expired';
    readonly at: number;
    /** The caller's ARN; nobody where its time was over. */
    readonly by?: string | undefined;
  };
}

/** What the ledger keeps. */
export interface SuspensionMemory {
  readonly current?: Suspension | undefined;
  /** The last hundred that are over, oldest first. */
  readonly past: readonly PastSuspension[];
  /** What people are still to be told, where a function died before it could. */
  readonly untold?: 'suspended' | 'ended' | undefined;
}

export const NEVER_SUSPENDED: SuspensionMemory = { past: [] };

/** So that all fit into one item of the ledger. */
const MAX_PAST = 100;

/** The one that stops writes now. */
export function suspensionAt({ current }: SuspensionMemory, now: number): Suspension | undefined {
  return current === undefined || (current.until !== undefined && current.until <= now) ? undefined : current;
}

/** A second one replaces the first, with its own end and reason. */
export function suspended(memory: SuspensionMemory, by: Suspension): SuspensionMemory {
  const before = ended(expired(memory, by.at), { kind: 'replaced', at: by.at, by: by.by });
  return { ...before, current: by, untold: 'suspended' };
}

/** The same memory where nothing is suspended. */
export function resumed(memory: SuspensionMemory, by: string, at: number): SuspensionMemory {
  return ended(expired(memory, at), { kind: 'resumed', at, by });
}

/** Writes down that the time of one is over; otherwise the same memory. */
export function expired(memory: SuspensionMemory, now: number): SuspensionMemory {
  const { current } = memory;
  if (current?.until === undefined || current.until > now) return memory;
  return ended(memory, { kind: 'expired', at: current.until });
}

/** @param news what people were told of; the same memory where somebody has changed it since */
export function told(memory: SuspensionMemory, news: SuspensionMemory): SuspensionMemory {
  const isSame =
    memory.current?.at === news.current?.at && memory.past.at(-1)?.ended.at === news.past.at(-1)?.ended.at;
  return isSame && memory.untold !== undefined ? { ...memory, untold: undefined } : memory;
}

function ended(memory: SuspensionMemory, how: PastSuspension['ended']): SuspensionMemory {
  const { current, past } = memory;
  if (current === undefined) return memory;
  return { past: [...past, { ...current, ended: how }].slice(-MAX_PAST), untold: 'ended' };
}
