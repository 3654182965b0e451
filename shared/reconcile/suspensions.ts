import { suspensionNews } from '../domain/words/suspension-notice.ts';
import { expired, told, type Suspension, type SuspensionMemory } from '../domain/memory/suspension.ts';
import type { Clock } from '../domain/work/log.ts';
import type { HubEvents } from '../letters/ports.ts';

/** Whether people have stopped autopeer's writes to EC2: in the whole organization. */
export interface Suspensions {
  /**
   * The one that runs now. What was read some seconds ago serves; where it cannot be read, this throws, and nothing is
   * written.
   */
  current(): Promise<Suspension | undefined>;
  /**
   * Changes what is remembered by a conditional write; none where `how` returns what it was given.
   *
   * @returns what is remembered then
   */
  change(how: (memory: SuspensionMemory) => SuspensionMemory): Promise<SuspensionMemory>;
}

export interface TellDeps {
  readonly suspensions: Pick<Suspensions, 'change'>;
  readonly bus: HubEvents;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Tells people once that a suspension began or ended, also that its time is over. Whoever dies in between is followed by
 * the next sweep, which tells it.
 */
export async function tellSuspension({ suspensions, bus, clock }: TellDeps): Promise<SuspensionMemory> {
  const memory = await suspensions.change((known) => expired(known, clock.now()));
  const news = suspensionNews(memory);
  if (news === undefined) return memory;
  await bus.publish([news]);
  return suspensions.change((known) => told(known, memory));
}
