import picocolors from 'picocolors';
import type { Organization } from '../../analysis/snapshot/organization.ts';
import { parseDigest } from '../../shared/domain/policy/language/canonical.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { ROUTES_TAG, type ConnectOptions } from '../../shared/domain/policy/language/connect.ts';
import { decide, type Decision } from '../../shared/domain/policy/decision/decide.ts';
import type { WantedApproval } from '../../shared/domain/policy/decision/wanted-approval.ts';
import { type Role, ROLES } from '../../shared/domain/facts/peering.ts';
import type { PolicyRequest } from '../../shared/domain/policy/decision/side.ts';
import type { Outcome, SideTrace } from '../../shared/domain/policy/decision/trace.ts';
import { trialDecision } from '../../shared/domain/policy/language/trial.ts';
import { expiryText } from '../../shared/domain/policy/language/expiry.ts';
import type { RuleNotes } from '../../shared/domain/policy/language/model.ts';
import { notesOfRule } from '../../shared/domain/policy/language/notes.ts';
import { noteLines } from '../../shared/notices/text.ts';
import { approverWords, connectWords } from '../../shared/domain/words/connect-words.ts';
import { readRequest } from '../../analysis/cases/read.ts';
import { completeSide } from '../../analysis/cases/side.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable, readOrganization, readText, tellFaults } from './files.ts';
import { readPolicy } from './read-policy.ts';
import { withPolicy } from './policy-file.ts';
import { columns, type Paint } from './table.ts';
import { accountText } from './words.ts';

const HELP = `
REQUEST is JSON or YAML: two sides with their facts, or two VPC ids of the snapshot that --org names.

  { "requester": "vpc-0123456789abcdef0",
    "accepter": { "account": "413000000001", "region": "eu-west-1", "cidrs": ["10.1.0.0/16"], "tags": { "tier": "shared" } } }

You see the decision with its whole reason: each condition of the rule that decided, or of the one that came nearest,
beside the value that it was held against. Where a person must approve, you see the fingerprint that an approval would
carry; "approvals": ["sha256:…"] in the request shows what becomes of it then. Trial rules decide nothing: where they
would have it otherwise, that comes last.

A side may say "account": "payments" in place of an id where --org names a snapshot. A side that names no VPC gets one
that no rule can mean: it is shown as invented.

Exit code: 0 if the request is decided, whatever the decision, 2 if some file has faults or cannot be read.

Examples:
  $ autopeer policy explain --request request.json
  $ autopeer policy explain --request request.json --org organization.json --json | jq .decision.kind`;

interface Options {
  readonly policy: string;
  readonly request: string;
  readonly org?: string;
  readonly json: boolean;
}

/** `autopeer policy explain`: why a request is decided as it is. */
export const addExplain: AddSubcommand = (group, io, finish) => {
  withPolicy(group.command('explain').description('decide one request, and show the whole reason'))
    .requiredOption('--request <file>', 'the request')
    .option('--org <snapshot>', "an organization's snapshot, for VPC ids and names")
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await explain(options, io));
    });
};

async function explain(
  { policy: file, request: requestFile, org, json }: Options,
  io: Io,
): Promise<ExitCode> {
  const loaded = await readPolicy(file, io);
  let organization: Organization | undefined;
  if (org !== undefined) {
    organization = await readOrganization(org, io);
    if (organization === undefined) return 2;
  }
  const text = await readText(requestFile, io);
  if (loaded === undefined || text === undefined) return 2;
  const asked = requestOf(text, requestFile, { policy: loaded.policy, organization }, io);
  if (asked === undefined) return 2;
  const { policy } = loaded;
  const { request, invented } = asked;
  const decision = decide(policy, request);
  const trial = trialDecision(policy, request, decision);
  const notes = notesOfRule(policy.model, decision.reason.rule);
  const ends = policy.model.allow.find(({ name }) => name === decision.reason.rule)?.expires;
  const expires = ends === undefined ? undefined : new Date(ends).toISOString();
  if (json) {
    io.stdout.write(
      `${JSON.stringify({ policyVersion: policy.version, request, invented, decision, notes, expires, trial })}\n`,
    );
  } else {
    show(asked, decision, { notes, ends, organization }, io);
    if (trial !== undefined) showTrial(trial, io);
  }
  return 0;
}

interface Context {
  readonly policy: CompiledPolicy;
  readonly organization: Organization | undefined;
}

interface Asked {
  readonly request: PolicyRequest;
  /** The sides whose VPC nobody named. */
  readonly invented: readonly Role[];
}

/** `undefined` once people have been told every fault. */
function requestOf(text: string, file: string, context: Context, io: Io): Asked | undefined {
  const reading = readRequest(text);
  const complain = (faults: Parameters<typeof tellFaults>[2]): undefined => {
    tellFaults(io, file, faults);
    io.stderr.write(`autopeer: ${plural(faults.length, 'fault')} in the request\n`);
  };
  if (reading.kind === 'faulty') return complain(reading.faults);
  const { requester: one, accepter: other, approvals = [] } = reading.file;
  const requester = completeSide(one, 'requester', ['requester'], context);
  const accepter = completeSide(other, 'accepter', ['accepter'], context);
  if (requester.kind === 'side' && accepter.kind === 'side') {
    const given = approvals.map(parseDigest).filter((fingerprint) => fingerprint !== undefined);
    return {
      request: {
        requester: requester.side,
        accepter: accepter.side,
        approvals: given.map((fingerprint) => ({ fingerprint })),
      },
      invented: ROLES.filter((role) => ({ requester, accepter })[role].isInvented),
    };
  }
  const findings = [requester, accepter].flatMap((answer) =>
    answer.kind === 'faulty' ? answer.findings : [],
  );
  return complain(findings.map(reading.locate));
}

const PAINT_OF = { accept: 'green', hold: 'yellow', reject: 'red', ignore: 'dim' } as const;
const MARK_OF: Readonly<Record<Outcome, string>> = { holds: '✓', fails: '✗', unknown: '?' };
const MARK_PAINT_OF = { holds: 'green', fails: 'red', unknown: 'yellow' } as const;

function headline({ kind, rule, reason }: Decision, paint: Paint): string {
  const by = rule === undefined ? '' : ` by rule ${rule}`;
  return `${paint.bold(paint[PAINT_OF[kind]](kind))}${by} ${paint.dim(`(${reason.code})`)}`;
}

/** Below the decision, which it does not change. */
function showTrial(trial: Decision, io: Io): void {
  const paint = picocolors.createColors(io.color);
  io.stdout.write(`\nIf the trial rules were live: ${headline(trial, paint)}\n`);
  io.stdout.write(`${printable(trial.reason.text)}\n`);
  if (trial.kind === 'accept') showConnect(trial.connect, (line) => io.stdout.write(`${line}\n`));
}

/** What people read beside the decision. */
interface Beside {
  readonly notes: Partial<RuleNotes>;
  /** When the rule expires. */
  readonly ends: number | undefined;
  readonly organization: Organization | undefined;
}

function show(
  { request, invented }: Asked,
  decision: Decision,
  { notes, ends, organization }: Beside,
  io: Io,
): void {
  const paint = picocolors.createColors(io.color);
  const write = (line: string): void => io.stdout.write(`${line}\n`);
  const { kind, rule, reason } = decision;
  write(headline(decision, paint));
  write(printable(reason.text));
  write('');
  for (const role of ROLES) {
    const { accountId, region, vpcId, cidrs } = request[role];
    const account = accountText(accountId, organization?.accounts.get(accountId)?.name);
    const shown = cidrs === 'unknown' ? 'CIDRs unknown' : cidrs.join(', ');
    const invention = invented.includes(role) ? ' (invented: the request names no VPC)' : '';
    write(`${role}  ${account} ${region} ${vpcId}${invention}: ${shown}`);
  }
  if (reason.rule !== undefined && reason.trace.length > 0) {
    const what = rule === undefined ? 'What comes nearest' : 'Rule';
    write('');
    write(`${what}: ${reason.rule}`);
    for (const line of noteLines(notes)) write(line);
    if (ends !== undefined) write(`Expires: ${expiryText(ends)}`);
    io.stdout.write(traceTable(reason.trace, paint));
  }
  if (kind === 'accept') showConnect(decision.connect, write);
  if (kind === 'hold' && decision.approval !== undefined) showApproval(decision.approval, write);
}

function traceTable(trace: readonly SideTrace[], paint: Paint): string {
  const rows = trace.flatMap(({ role, group = '', evidence }) => {
    if (evidence.length === 0) return [[role, group, 'none', 'anything', paint.green(MARK_OF.holds), '']];
    return evidence.map(({ field, wanted, wantedCount, outcome, text }) => {
      const more = wantedCount > wanted.length ? ` and ${wantedCount - wanted.length} more` : '';
      const mark = paint[MARK_PAINT_OF[outcome]](MARK_OF[outcome]);
      return [role, group, field, `${printable(wanted.join(', '))}${more}`, mark, printable(text)];
    });
  });
  return columns(['side', 'group', 'condition', 'wanted', '', 'found'], rows, paint);
}

function showConnect(connect: ConnectOptions, write: (line: string) => void): void {
  const { routes } = connect;
  write('');
  write(connectWords(connect));
  if (routes.modes.length > 0) {
    write(`a VPC's tag ${ROUTES_TAG} may choose for its own tables: ${routes.modes.join(', ')}`);
  }
}

function showApproval(
  { subject, fingerprint, connect, rule }: WantedApproval,
  write: (line: string) => void,
): void {
  write('');
  write('An approval would cover exactly this:');
  for (const role of ROLES) {
    const { accountId, region, vpcId, cidrs } = subject[role];
    const shown = cidrs === 'unknown' ? 'CIDRs unknown' : cidrs.join(', ');
    write(`  ${role}  ${accountId} ${region} ${vpcId}: ${shown}`);
  }
  write(`  approvers  ${printable(approverWords(subject.terms))}`);
  write(`  fingerprint ${fingerprint}`);
  write(`Rule ${rule} is shown and not covered: an edit that gives the same to the same outdates nothing.`);
  showConnect(connect, write);
}
