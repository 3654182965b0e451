import { stringify } from 'yaml';
import type { Region } from '../../shared/domain/facts/ids.ts';
import { printable } from '../../shared/domain/words/foreign-text.ts';
import type { Proposal } from './cover.ts';
import type { Pick } from './picks.ts';

/** So many peerings are named in the comment of a rule. */
const NAMED_MAX = 3;

/** The policy file: a dry run, with a group for each way to name a side, and a rule for each proposal. */
export function policyText(proposals: readonly Proposal[], regions: readonly Region[], from: string): string {
  const names = groupNames(proposals);
  const groups = [...names].map(([pick, name]) => [
    `  # ${comment(pick.words)}`,
    `  ${name}: ${inline(pick.selector)}`,
  ]);
  const taken = new Set<string>();
  const rules = proposals.map((proposal) => ruleText(proposal, names, taken));
  return [
    `# Written by autopeer adopt from ${comment(from)}: it allows each peering that is active there.`,
    'version: 1',
    `regions: ${inline(regions)}`,
    '',
    '# A dry run: autopeer decides and tells, and changes nothing. Take this line out when what it tells is right.',
    'dryRun: true',
    ...(groups.length === 0 ? [] : ['', 'groups:', ...groups.flat()]),
    ...(rules.length === 0 ? [] : ['', 'allow:', ...rules.flat()]),
    '',
  ].join('\n');
}

function ruleText(
  { one, other, isBetween, covers, pairs }: Proposal,
  names: ReadonlyMap<Pick, string>,
  taken: Set<string>,
): readonly string[] {
  const [from = '', to = ''] = [names.get(one), names.get(other)];
  const name = unique(isBetween ? `${from}-and-${to}` : `${from}-to-${to}`, taken);
  const named = covers.slice(0, NAMED_MAX).map(({ peering }) => peering.id);
  const more = covers.length > NAMED_MAX ? ` and ${covers.length - NAMED_MAX} more` : '';
  const others = pairs - covers.length;
  const opens = others > 0 ? `; it would allow ${others} more pair${others === 1 ? '' : 's'} of VPCs` : '';
  const ends = isBetween ? { between: [from, to] } : { requester: from, accepter: to };
  return [`  # ${named.join(', ')}${more}${opens}`, `  - ${inline({ name, ...ends })}`];
}

function groupNames(proposals: readonly Proposal[]): ReadonlyMap<Pick, string> {
  const taken = new Set(['any']);
  const names = new Map<Pick, string>();
  for (const pick of proposals.flatMap(({ one, other }) => [one, other])) {
    if (!names.has(pick)) names.set(pick, unique(pick.name, taken));
  }
  return names;
}

/** A name as the policy's language takes it, and no other has. */
function unique(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  const base = /^[a-z]/.test(plain) ? plain : `g-${plain}`.replace(/-$/, '');
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  taken.add(name);
  return name;
}

/** On one line, as people write it. */
const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

/** A comment ends with its line: names that members chose must not go on as YAML. */
const comment = (text: string): string => printable(text).replaceAll('\n', ' ');
