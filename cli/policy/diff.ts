import picocolors from 'picocolors';
import { diffPolicies, type PairGroup, type PolicyDiff } from '../../analysis/access/diff.ts';
import type { Growth } from '../../analysis/access/growth.ts';
import type { Outcome } from '../../analysis/access/outcome.ts';
import { ANY_REGION, ANY_VPC, type Strangers } from '../../analysis/access/strangers.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { diffText } from './diff-text.ts';
import { readOrganization } from './files.ts';
import { readPolicy } from './read-policy.ts';
import { chosenPolicy, POLICY_FILE } from './policy-file.ts';

const HELP = `
Says before a deploy what it will change. Live peerings come first: the deploy reaches them at once. Then every
ordered pair of VPCs of the snapshot (requester and accepter), grouped by the rules that decide; examples and counts
instead of each pair. Then accounts outside the organization, tried with every account, region and CIDR that one of
the policies names, since no snapshot lists their VPCs.

  +  gains access: accepted or waiting for an approval where it was less than that, or wider options
  ?  may gain access: a fact is missing, or options cannot be compared
  -  loses access
  ~  the same access by another rule or on other terms, or refused in another way

Trial rules decide nothing, so that adding one changes no access. What those of NEW would change comes last, apart.

Exact for the snapshot, for VPCs as they are and without the approvals that were given.

Exit code: 0 if access grows nowhere; 1 if it grows somewhere, or may grow; 2 if a file cannot be read. A milder
guardrail counts as growth. --quiet prints nothing, for CI.

Examples:
  $ autopeer policy diff policy.yaml new-policy.yaml --org organization.json
  $ git show main:policy.yaml | autopeer policy diff - --org organization.json --quiet`;

interface Options {
  readonly policy?: string;
  readonly org: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `autopeer policy diff OLD NEW`: what a change of policy will do. */
export const addDiff: AddSubcommand = (group, io, finish) => {
  group
    .command('diff')
    .description('show which pairs of VPCs and live peerings a change of policy decides otherwise')
    .argument('<old>', 'the policy that is deployed')
    .argument('[new]', `the policy that shall be (default: "${POLICY_FILE}")`)
    .option('--policy <file>', 'the policy that shall be, as with other commands')
    .requiredOption('--org <snapshot>', "the organization's snapshot")
    .option('--json', 'print one JSON object', false)
    .option('--quiet', 'print nothing; the exit code says it', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (before: string, after: string | undefined, options: Options) => {
      finish(await compare({ before, after: chosenPolicy(after, options.policy) }, options, io));
    });
};

interface Files {
  readonly before: string;
  readonly after: string;
}

/** Reads all three, and prints what changes. */
export async function compare(
  files: Files,
  { org, json, quiet }: Omit<Options, 'policy'>,
  io: Io,
): Promise<ExitCode> {
  // All of them, so that people see every fault at once.
  const before = await readPolicy(files.before, io);
  const after = await readPolicy(files.after, io);
  const index = await readOrganization(org, io);
  if (before === undefined || after === undefined || index === undefined) return 2;
  const diff = diffPolicies(before.policy, after.policy, index);
  if (!quiet) {
    io.stdout.write(
      json
        ? `${JSON.stringify(jsonOf(diff, files, [before.policy, after.policy]))}\n`
        : diffText(diff, index, picocolors.createColors(io.color)),
    );
  }
  return EXIT_CODES[diff.growth];
}

const EXIT_CODES = { same: 0, shrank: 0, unclear: 1, grew: 1 } as const satisfies Record<Growth, ExitCode>;

function jsonOf(diff: PolicyDiff, files: Files, [before, after]: readonly [CompiledPolicy, CompiledPolicy]) {
  const { trial, guardrails, leftOut } = diff;
  return {
    old: { file: files.before, policyVersion: before.version },
    new: { file: files.after, policyVersion: after.version },
    ...changesJson(diff),
    guardrails: guardrails.unsanctioned,
    unapproved: guardrails.unapproved,
    atMost: guardrails.atMost,
    leftOut,
    trial: trial && { rules: trial.rules, ...changesJson(trial.diff) },
  };
}

function changesJson({ growth, peerings, pairs, outside }: Omit<PolicyDiff, 'trial'>) {
  const { strangers } = outside;
  return {
    growth,
    peerings: {
      total: peerings.total,
      changed: peerings.changes.length,
      changes: peerings.changes.map(({ peering, before: was, after: willBe, change, isApprovalVoid }) => ({
        ...change,
        peering,
        old: { ...outcomeJson(was.outcome), effect: was.effect },
        new: { ...outcomeJson(willBe.outcome), effect: willBe.effect },
        isApprovalVoid,
      })),
    },
    pairs: {
      ...pairs,
      groups: pairs.groups.map((group) => ({ ...groupJson(group, strangers), pairs: group.pairs })),
    },
    outside: {
      isCut: strangers.isCut,
      groups: outside.groups.map((group) => groupJson(group, strangers)),
    },
  };
}

function groupJson({ before, after, change, examples }: PairGroup, { anyAccount }: Strangers) {
  // What stands for all that nobody names must not pass for an id.
  const place = ({ accountId, region, vpcId, cidrs }: PolicySide) => ({
    accountId: accountId === anyAccount ? 'other' : accountId,
    region: region === ANY_REGION ? 'other' : region,
    vpcId: vpcId === ANY_VPC ? 'other' : vpcId,
    cidrs,
  });
  return {
    ...change,
    old: outcomeJson(before),
    new: outcomeJson(after),
    examples: examples.map(({ requester, accepter }) => ({
      requester: place(requester),
      accepter: place(accepter),
    })),
  };
}

const outcomeJson = ({ kind, code, rule, access }: Outcome) => ({ kind, code, rule, access });
