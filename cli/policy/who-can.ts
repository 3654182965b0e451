import picocolors from 'picocolors';
import type { SnapshotIndex } from '../../analysis/access/snapshot-index.ts';
import { parseQuery, type SideQuery } from '../../analysis/access/side-query.ts';
import { type Question, whoCan, type WhoCan } from '../../analysis/access/who-can.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable, readOrganization } from './files.ts';
import { readPolicy } from './read-policy.ts';
import { withPolicy } from './policy-file.ts';
import { whoCanText } from './who-can-text.ts';

const HELP = `
Which VPCs of the organization could be joined with the selected ones, by which rule, and whether a person must
approve. --to: the selected VPCs accept; --from: they request. With both, only requests from the one to the other.
"The other way" is the same request with the sides changed.

SELECTOR, parts with commas between them, all of which must hold:
  NAME                   a group of the policy, or any
  account:111122223333   ou:ou-ab12-prod0001 (at any depth)   vpc:vpc-0123456789abcdef0
  cidr:10.0.0.0/8        every CIDR of the VPC lies within     region:eu-west-1   tag:tier=shared
  external               accounts outside the organization

The answer is exact for the VPCs of the snapshot. An OU or an account is named only where each of its VPCs can.
Accounts outside the organization are answered for as far as the policy says: their CIDRs and tags are unknown,
unless the selector gives a CIDR. To ask about them, name them: external, an account, or a group. Whether CIDRs of
two VPCs overlap, so that EC2 refuses them, is not asked. Live rules answer; "(trial)" marks what a trial rule would
allow if it were live.

Exit code: 0 if there is an answer, also if it is nobody; 2 if a file or a selector cannot be read.

Examples:
  $ autopeer policy who-can --org organization.json --to shared
  $ autopeer policy who-can --org organization.json --from external --to prod,region:eu-west-1
  $ autopeer policy who-can --org organization.json --from account:111122223333 --json`;

interface Options {
  readonly policy: string;
  readonly org: string;
  readonly to?: string;
  readonly from?: string;
  readonly json: boolean;
}

/** `autopeer policy who-can`: who could be joined with whom. */
export const addWhoCan: AddSubcommand = (group, io, finish) => {
  withPolicy(
    group
      .command('who-can')
      .description('show which VPCs could be joined with the selected ones, and by which rule'),
  )
    .requiredOption('--org <snapshot>', "the organization's snapshot")
    .option('--to <selector>', 'the VPCs that accept')
    .option('--from <selector>', 'the VPCs that request')
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await answer(options, io));
    });
};

async function answer({ policy: file, org, to, from, json }: Options, io: Io): Promise<ExitCode> {
  if (to === undefined && from === undefined) {
    io.stderr.write('autopeer: say who is asked about: --to SELECTOR, --from SELECTOR, or both\n');
    return 2;
  }
  const loaded = await readPolicy(file, io);
  const index = await readOrganization(org, io);
  if (loaded === undefined || index === undefined) return 2;
  const { policy } = loaded;
  const accepter = readSelector('--to', to, { policy, index, io });
  const requester = readSelector('--from', from, { policy, index, io });
  if (accepter === 'faulty' || requester === 'faulty') return 2;
  const question = questionOf(accepter, requester);
  const found = whoCan(policy, index, question);
  const trial = trialRows(policy, index, question);
  io.stdout.write(
    json
      ? `${JSON.stringify(jsonOf(found, trial, { to, from, policyVersion: policy.version }))}\n`
      : whoCanText({ ...found, trial }, question, index, picocolors.createColors(io.color)),
  );
  return 0;
}

/** What trial rules would allow if they were live. */
function trialRows(policy: CompiledPolicy, index: SnapshotIndex, question: Question): WhoCan['rows'] {
  if (policy.trial === undefined) return [];
  const trials = new Set(policy.model.allow.filter(({ dryRun }) => dryRun).map(({ name }) => name));
  const { rows } = whoCan(policy.trial, index, question);
  return rows.filter(({ outcome: { rule } }) => rule !== undefined && trials.has(rule));
}

interface Ground {
  readonly policy: CompiledPolicy;
  readonly index: SnapshotIndex;
  readonly io: Io;
}

function readSelector(
  option: string,
  text: string | undefined,
  { policy, index, io }: Ground,
): SideQuery | 'faulty' | undefined {
  if (text === undefined) return undefined;
  const parsed = parseQuery(text, policy, index);
  if (parsed.kind === 'query') return parsed.query;
  io.stderr.write(`autopeer: ${option}: ${printable(parsed.message)}\n`);
  return 'faulty';
}

function questionOf(accepter: SideQuery | undefined, requester: SideQuery | undefined): Question {
  if (accepter !== undefined) return { subject: accepter, role: 'accepter', others: requester };
  if (requester !== undefined) return { subject: requester, role: 'requester' };
  throw new Error('a question without a side was refused');
}

interface Asked {
  readonly to: string | undefined;
  readonly from: string | undefined;
  readonly policyVersion: string;
}

function jsonOf(
  { rows, subjects, others, leftOut }: WhoCan,
  trial: WhoCan['rows'],
  { to, from, policyVersion }: Asked,
) {
  return {
    to,
    from,
    policyVersion,
    subjects,
    others,
    rows: rows.map(rowJson),
    ...(trial.length > 0 && { trial: trial.map(rowJson) }),
    leftOut,
  };
}

const rowJson = ({ outcome, reverse, who, vpcs, reach, unknown }: WhoCan['rows'][number]) => ({
  access: outcome.access,
  rule: outcome.rule,
  code: outcome.code,
  needsApproval: outcome.access === 'approval',
  reverse,
  who,
  vpcs,
  reach,
  unknown,
  connect: outcome.terms?.connect,
});
