import * as z from 'zod';
import type { Paint } from '../policy/table.ts';
import { printable } from '../policy/files.ts';

const common = {
  at: z.string(),
  peering: z.string(),
  rule: z.string().optional(),
  reason: z.object({ code: z.string(), text: z.string() }),
  policyVersion: z.string(),
  by: z.string().optional(),
};
/** What autopeer was about to do, or what it did. */
export const lookSchema = z.object({
  ...common,
  kind: z.enum(['planned', 'decided']),
  verdict: z.string(),
  approvedBy: z.array(z.string()).optional(),
  dryRun: z.boolean().optional(),
  planned: z.array(z.string()),
  changes: z.array(z.string()),
  problems: z.array(z.string()),
  outcome: z.string().optional(),
  notices: z.array(z.string()),
});
/** What a person said of it. */
const answerSchema = z.object({
  ...common,
  kind: z.enum(['approved', 'rejected', 'revoked']),
  fingerprint: z.string(),
});

/** An entry as the hub answers it. */
export const entrySchema = z.union([lookSchema, answerSchema]);
export type Entry = z.infer<typeof entrySchema>;
export type Look = z.infer<typeof lookSchema>;

export const isLook = (entry: Entry): entry is Look => 'verdict' in entry;

const sideSchema = z.object({ accountId: z.string(), region: z.string(), vpcId: z.string() });
export const sidesSchema = z.object({ requester: sideSchema, accepter: sideSchema }).nullable();
export type Sides = z.infer<typeof sidesSchema>;

/** `vpc-… in 111122223333, eu-west-1` of both sides, a line each. */
export const sidesLines = (sides: Sides): readonly string[] =>
  sides === null
    ? []
    : (['requester', 'accepter'] as const).map((role) => {
        const { vpcId, accountId, region } = sides[role];
        return `  ${role.padEnd(11)}${vpcId} in ${accountId}, ${region}`;
      });

/** As much of a policy's version as tells it from another. */
const VERSION_CHARACTERS = 'sha256:'.length + 12;

/** An entry for people: what happened, and below it why and what was done. */
export function entryText(entry: Entry, paint: Paint): string {
  const { at, peering } = entry;
  const [first = '', ...rest] = isLook(entry) ? lookLines(entry) : answerLines(entry);
  return [
    `${at}  ${paint.bold(printable(peering))}  ${paint.bold(printable(first))}\n`,
    ...rest.map((line) => `    ${printable(line)}\n`),
  ].join('');
}

function lookLines(entry: Look): readonly string[] {
  const { verdict, rule, reason, policyVersion, by, approvedBy, planned, changes, problems } = entry;
  return [
    `${verdict}${rule === undefined ? '' : ` by rule ${rule}`}${entry.dryRun === true ? ' (dry run)' : ''}`,
    `${reason.text} [${reason.code}]`,
    `policy ${policyVersion.slice(0, VERSION_CHARACTERS)}`,
    ...(by === undefined ? [] : [`after ${by}`]),
    ...(approvedBy ?? []).map((arn) => `approved by ${arn}`),
    ...(entry.kind === 'planned' ? planned.map((step) => `was about to ${step}`) : []),
    ...changes.map((change) => `+ ${change}`),
    ...problems.map((problem) => `! ${problem}`),
    ...endLine(entry),
  ];
}

function endLine({ outcome, notices }: Look): readonly string[] {
  const parts = [
    ...(outcome === undefined ? [] : [outcome]),
    ...(notices.length === 0 ? [] : [`told: ${notices.join(', ')}`]),
  ];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

function answerLines({ kind, rule, by, reason, policyVersion }: Entry): readonly string[] {
  const what = kind === 'revoked' ? 'approval taken back' : kind;
  return [
    `${what} by ${by ?? 'nobody knows whom'}`,
    ...(reason.text === '' ? [] : [reason.text]),
    `rule ${rule ?? '-'}, policy ${policyVersion.slice(0, VERSION_CHARACTERS)}`,
  ];
}
