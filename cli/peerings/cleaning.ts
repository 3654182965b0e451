import type { Observed } from '../../shared/domain/facts/observed.ts';
import { isOver, type Peering } from '../../shared/domain/facts/peering.ts';
import type { Clock } from '../../shared/domain/work/log.ts';
import type { Io } from '../io.ts';
import { plural } from '../policy/files.ts';
import { leftoversOf } from './aftermath.ts';

const PAUSE_MS = 3_000;

/** How far the cleaning up after a peering is. */
interface Cleaning {
  readonly left: readonly string[];
  readonly state: Peering['state'] | undefined;
}

export const cleaningOf = (observed: Observed): Cleaning => ({
  left: leftoversOf(observed),
  state: 'peering' in observed ? observed.peering.state : undefined,
});

/** Tells of each change until nothing is left. @returns what is left when the time is up; nothing where it could not be read */
export async function followCleaning(
  read: () => Promise<Cleaning | undefined>,
  { io, clock, timeoutMs }: { readonly io: Io; readonly clock: Clock; readonly timeoutMs: number },
): Promise<readonly string[] | undefined> {
  const startedAt = clock.now();
  let told = '';
  for (;;) {
    const cleaning = await read();
    if (cleaning === undefined) return undefined;
    const { left, state } = cleaning;
    const isGone = state === undefined || isOver(state);
    const elapsedMs = clock.now() - startedAt;
    const text = isGone
      ? `${state ?? 'gone'}; ${left.length === 0 ? 'no route leads to it' : `${plural(left.length, 'route')} to it left`}`
      : state;
    if (text !== told) {
      io.stderr.write(`${String(Math.round(elapsedMs / 1000)).padStart(4)} s  ${text}\n`);
      told = text;
    }
    if (isGone && left.length === 0) return [];
    if (elapsedMs >= timeoutMs) return isGone ? left : [...left, `the peering is ${state}`];
    await clock.sleep(Math.min(PAUSE_MS, timeoutMs - elapsedMs));
  }
}
