import { printable } from '../policy/files.ts';
import type { Ask } from '../questions.ts';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { isWithoutAccess } from '../../shared/reconcile/denial.ts';
import type { FoundVpc, Whereabouts } from './find-vpc.ts';

/** Something to choose. */
export interface Choice<Value> {
  readonly label: string;
  readonly value: Value;
}

/** A screen holds so many. */
const SHOWN_MAX = 20;

/**
 * A person searches: what he types is a part of the label, or the number of a line that was shown. What is left alone is chosen.
 *
 * @param choices not empty
 */
export async function choose<Value>(
  question: string,
  choices: readonly Choice<Value>[],
  ask: Ask,
  tell: (text: string) => void,
): Promise<Value> {
  let shown = choices;
  for (;;) {
    const [only, ...more] = shown;
    if (only !== undefined && more.length === 0) {
      tell(`${question}: ${printable(only.label)}\n`);
      return only.value;
    }
    tell(listText(shown));
    const text = await ask(`${question} (a number, or a part of its name)`, '', (said) => said !== '');
    const numbered = /^\d{1,3}$/.test(text) ? shown.slice(0, SHOWN_MAX)[Number(text) - 1] : undefined;
    const found =
      numbered === undefined
        ? choices.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()))
        : [numbered];
    if (found.length === 0) tell(`nothing has ${printable(text)} in it\n`);
    shown = found.length === 0 ? choices : found;
  }
}

function listText(choices: readonly Choice<unknown>[]): string {
  const lines = choices
    .slice(0, SHOWN_MAX)
    .map(({ label }, index) => `${String(index + 1).padStart(4)}  ${printable(label)}\n`);
  const rest = choices.length - lines.length;
  return [...lines, ...(rest > 0 ? [`      and ${rest} more: type a part of the name\n`] : [])].join('');
}

/** An account, then a VPC of it in any of the regions; `undefined` once people have been told why there is none to choose. */
export async function chooseVpc(
  which: string,
  regions: readonly Region[],
  where: Whereabouts,
  { ask, tell }: { readonly ask: Ask; readonly tell: (text: string) => void },
): Promise<FoundVpc | undefined> {
  const accounts = (await where.accounts())
    .map(({ id, name }) => ({ label: `${name}  ${id}`, value: id }))
    .toSorted((one, other) => (one.label < other.label ? -1 : 1));
  if (accounts.length === 0) {
    tell('autopeer: the organization has no account\n');
    return undefined;
  }
  const accountId = await choose(`${which}: account`, accounts, ask, tell);
  const read = await Promise.allSettled(regions.map((region) => where.vpcsAt(accountId, region)));
  const vpcs = read.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    if (!isWithoutAccess(result.reason)) throw result.reason;
    return [];
  });
  if (vpcs.length === 0) {
    tell(`autopeer: account ${accountId} has no VPC that may be read in ${regions.join(', ')}\n`);
    return undefined;
  }
  const choices = vpcs.map((vpc) => ({
    label: [vpc.name ?? '', vpc.vpcId, vpc.region, vpc.cidrs?.join(', ') ?? ''].join('  ').trim(),
    value: vpc,
  }));
  return choose(`${which}: VPC`, choices, ask, tell);
}
