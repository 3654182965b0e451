import type { Facts, Health, HubFacts } from '../facts.ts';
import { failure, findingsOf, unread, warning, well, type Finding, type Verdict } from '../finding.ts';

/** A sweep starts each hour, and reads thousands of accounts in some minutes. */
const SWEEP_OVERDUE_MS = 2 * 60 * 60 * 1000;
const MINUTE_MS = 60_000;

/** What the hub does, by its ledger. */
export function checkWork({ hub: { health, madeAt }, expected, now, accounts }: Facts): readonly Finding[] {
  const each = (look: (health: Health) => readonly Verdict[]): readonly Verdict[] =>
    health.kind === 'known' ? look(health.value) : [unread(health)];
  const optional = new Set(
    accounts.kind === 'known'
      ? accounts.value.filter(({ isOptional }) => isOptional).map(({ accountId }) => String(accountId))
      : [],
  );
  return [
    ...findingsOf(
      'AP111',
      each(({ lastSweep }) => [sweep(lastSweep, now, madeAt)]),
    ),
    ...findingsOf('AP112', each(deadLetters)),
    ...findingsOf(
      'AP113',
      each(({ suspended }) => [suspension(suspended)]),
    ),
    ...findingsOf(
      'AP114',
      each(({ cutWithinHour }) => [brake(cutWithinHour, expected.cutsAnHour)]),
    ),
    ...findingsOf('AP115', each(blocked)),
    ...findingsOf(
      'AP116',
      each((known) => places(known, optional)),
    ),
  ];
}

function sweep(last: Health['lastSweep'], now: number, madeAt: HubFacts['madeAt']): Verdict {
  if (last === null) {
    const made = madeAt.kind === 'known' ? Date.parse(madeAt.value ?? '') : Number.NaN;
    return now - made <= SWEEP_OVERDUE_MS
      ? warning('no sweep has run yet: the first one starts within an hour of the deployment')
      : failure('no sweep has ever run');
  }
  const ageMs = now - Date.parse(last.at);
  if (ageMs <= SWEEP_OVERDUE_MS) return well(`the last one at ${last.at}, of ${last.accounts} accounts`);
  return failure(`the last sweep was at ${last.at}, ${Math.floor(ageMs / MINUTE_MS)} minutes ago`);
}

const deadLetters = ({ deadLetters }: Health): readonly Verdict[] =>
  deadLetters.map(({ cause, text, letters }) =>
    failure(`${letters} of the cause ${cause}: ${text}`, {
      fix: [`autopeer dead-letters show ${cause}`, `autopeer dead-letters retry ${cause}`],
    }),
  );

const suspension = (suspended: Health['suspended']): Verdict =>
  suspended === null
    ? well('it writes what the policy says')
    : warning(`autopeer is suspended since ${suspended.at}, by ${suspended.by}`, {
        fix: ['autopeer resume'],
      });

const brake = (cut: number, atMost: number): Verdict =>
  cut < atMost
    ? well(`${cut} of ${atMost} peerings were cut within the hour`)
    : warning(`${cut} peerings were cut within the hour, and ${atMost} may be: what is more is held`, {
        fix: ['autopeer brake show'],
      });

const blocked = ({ blocked }: Health): readonly Verdict[] =>
  blocked.map(({ peering, step, problem }) => warning(`${step}: ${problem}`, { where: peering }));

/** By cause: the reasons name the account's role, and would be one finding an account. */
const places = ({ places }: Health, optional: ReadonlySet<string>): readonly Verdict[] =>
  places
    .filter(({ account, state }) => !(state === 'no-member-role' && optional.has(account)))
    .map(({ account, region, state, code, reason }) => {
      const where = `${account} ${region}`;
      if (state === 'ok') return well('it may be read again', where);
      if (state === 'no-member-role') {
        return failure(`the hub cannot assume the member role: ${code ?? 'denied'}`, { where });
      }
      return failure(`the hub may not read: ${reason ?? code ?? state}`, { where });
    });
