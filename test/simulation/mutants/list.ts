import { ENDURANCE } from './endurance.ts';
import type { Mutant } from './mutant.ts';
import { APPROVALS } from './approvals.ts';
import { NEIGHBOURS } from './neighbours.ts';

const APPLY = 'shared/reconcile/apply.ts';
const OBSERVE = 'shared/reconcile/observe.ts';
const RECONCILE = 'shared/reconcile/reconcile.ts';
const PUBLISH = 'shared/reconcile/publish.ts';
const SWEEP = 'shared/reconcile/sweep.ts';
const SHARED_READS = 'shared/reconcile/shared-reads.ts';
const WORK = 'shared/reconcile/work.ts';
const JUDGE_ACTIVE = 'shared/domain/connection/judge-active.ts';
const JUDGE_REQUEST = 'shared/domain/connection/judge-request.ts';
const PLAN = 'shared/domain/connection/plan.ts';
const COMPARE = 'shared/domain/connection/compare.ts';
const CHOICE = 'shared/domain/connection/choice.ts';
const OBSTACLES = 'shared/domain/connection/obstacles.ts';
const REMEMBER = 'shared/reconcile/remember.ts';
const VPC = 'shared/domain/facts/vpc.ts';
const SHAPES = 'shared/aws/ec2-shapes.ts';
const EC2 = 'shared/aws/ec2.ts';
const CALLS = 'shared/aws/calls.ts';
const ORGANIZATION = 'shared/aws/organization.ts';
const POLICY = 'shared/domain/policy/decision';

/** What goes wrong in accepting. */
const ACCEPTS: readonly Mutant[] = [
  {
    name: 'a deny rule is passed over',
    file: `${POLICY}/decide.ts`,
    from: '  if (denied !== undefined) return reject(asked, ruleAt(policy.deny, denied));\n',
    to: '',
  },
  {
    name: 'an approval is not waited for',
    file: `${POLICY}/compile.ts`,
    from: 'else if (rule.approval !== undefined) pair.approvals.push(rank);\n',
    to: '',
  },
  {
    name: 'one CIDR inside is enough to allow',
    file: `${POLICY}/conditions.ts`,
    from: '? blocks.every((block) => set.covers(block))',
    to: '? blocks.some((block) => set.covers(block))',
  },
  {
    name: 'who is left out by except is taken in all the same',
    file: `${POLICY}/judgement.ts`,
    from: 'const outside = contrary(this.of(except));',
    to: 'const outside: Verdict = YES;',
  },
  {
    name: 'a rule between two groups counts one way round only',
    file: `${POLICY}/compile.ts`,
    from: 'return one === other ? [there] : [there, { requester: other, accepter: one }];',
    to: 'return [there];',
  },
  {
    name: 'obstacles are passed over',
    file: JUDGE_REQUEST,
    from: '  if (first === undefined) {\n    const restoration',
    to: '  if (first === undefined || Math.abs(0) < 1) {\n    const restoration',
  },
  {
    name: 'a destination that leads elsewhere is no obstacle',
    file: OBSTACLES,
    from: '    ...conflicts(picture),\n',
    to: '',
  },
  {
    name: 'a shadowing route is no obstacle',
    file: OBSTACLES,
    from: '    ...shadows(picture),\n',
    to: '',
  },
  {
    name: 'a crowded VPC is no obstacle',
    file: OBSTACLES,
    from: '    ...crowdedVpcs(observed, limits),\n',
    to: '',
  },
  {
    name: 'a full table is no obstacle',
    file: OBSTACLES,
    from: '    ...fullTables(observed, picture, limits),\n',
    to: '',
  },
  {
    name: 'a suspended account is a member',
    file: 'shared/aws/account-state.ts',
    from: "return state === 'ACTIVE';",
    to: 'return true;',
  },
  {
    name: 'an account that moved is where it was for a day',
    file: ORGANIZATION,
    from: 'const MAX_AGE_MS = 5 * 60 * 1000;',
    to: 'const MAX_AGE_MS = 24 * 60 * 60 * 1000;',
  },
  {
    name: 'secondary CIDRs are dropped',
    file: SHAPES,
    from: '        .filter((association) => associated(association.CidrBlockState?.State))',
    to: '        .slice(0, 1)',
  },
  {
    name: 'the sides are swapped',
    file: SHAPES,
    from: '    requester: toSide(answer.RequesterVpcInfo, askedIn),\n    accepter: toSide(answer.AccepterVpcInfo, askedIn),',
    to: '    requester: toSide(answer.AccepterVpcInfo, askedIn),\n    accepter: toSide(answer.RequesterVpcInfo, askedIn),',
  },
  {
    name: 'the accept is made in the requester’s account',
    file: PLAN,
    from: "const at = placeOf(observed, 'accepter');\n  return [[{ kind: 'accept', at }]",
    to: "const at = placeOf(observed, 'requester');\n  return [[{ kind: 'accept', at }]",
  },
  {
    name: 'a dry run is done',
    file: RECONCILE,
    from: 'const applied = decided.isDryRun ? NOTHING : await carryOut(decided, hint, deps);',
    to: 'const applied = await carryOut(decided, hint, deps);',
  },
  {
    name: 'a trial rule decides',
    file: `${POLICY}/compile.ts`,
    from: 'const isLive = ({ dryRun }: AnyRule): boolean => !dryRun;',
    to: 'const isLive = ({ dryRun }: AnyRule): boolean => dryRun || !dryRun;',
  },
  {
    name: 'a change of how it stands is not told',
    file: PUBLISH,
    from: '(status === memory.told || isBrakedStill(reconciled, status, memory)) &&',
    to: '(memory.told !== undefined || isBrakedStill(reconciled, status, memory)) &&',
  },
];

/** What goes wrong with routes and DNS. */
const CONNECTS: readonly Mutant[] = [
  {
    name: 'routes are written before the peering is active',
    file: PLAN,
    from: "[[{ kind: 'accept', at }], [{ kind: 'await-active', at }], connecting]",
    to: "[[{ kind: 'accept', at }], connecting]",
  },
  {
    name: 'the requester’s side gets no routes',
    file: COMPARE,
    from: '  const tables = chosenTables(side, terms.connect);\n',
    to: "  const tables = role === 'requester' ? [] : chosenTables(side, terms.connect);\n",
  },
  {
    name: 'the main table is left out',
    file: VPC,
    from: 'table.subnetIds.length > 0 || (table.isMain && someFallBack)',
    to: 'table.subnetIds.length > 0',
  },
  {
    name: 'what the rule leaves out gets a route',
    file: CHOICE,
    from: '|| exclude.some((excluded) => contains(excluded, destination));',
    to: '|| exclude.length > 1000;',
  },
  {
    name: 'IPv6 gets routes although the rule says no',
    file: CHOICE,
    from: "(!ipv6 && familyOf(destination) === 'ipv6') || ",
    to: '',
  },
  {
    name: 'only the first page is read',
    file: CALLS,
    from: "if (answer.nextToken === undefined || answer.nextToken === '') return items;",
    to: 'return items;',
  },
  {
    name: 'DNS is turned on against the rule',
    file: PLAN,
    from: "return [{ kind: dns ? 'enable-dns' : 'disable-dns'",
    to: "return [{ kind: 'enable-dns'",
  },
  {
    name: 'DNS of the other side is set',
    file: EC2,
    from: "...(roles.includes('requester') ? { RequesterPeeringConnectionOptions: option } : {}),",
    to: "...(roles.includes('accepter') ? { RequesterPeeringConnectionOptions: option } : {}),",
  },
  {
    name: 'a fight never ends',
    file: 'shared/domain/memory/contested.ts',
    from: 'export const CONTESTED_ROUNDS = 3;',
    to: 'export const CONTESTED_ROUNDS = 1000;',
  },
];

/** What goes wrong in deleting. */
const DELETES: readonly Mutant[] = [
  {
    name: 'the target is not looked at again before a delete',
    file: APPLY,
    from: "      if (!present.includes(step)) return { kind: 'unneeded', step };\n",
    to: '',
  },
  {
    name: 'a route that is not ours is removed from a live peering',
    file: PLAN,
    from: '    .filter((step) => claimed.has(stepKey(step)));',
    to: '    .filter((step) => claimed.size >= 0 && step !== undefined);',
  },
  {
    name: 'a route of ours that is wanted is removed',
    file: PLAN,
    from: '  return picture.surplus\n    .filter((route) => !isOnlyWayThere(route))\n    .map((route)',
    to: '  return peeringRoutes(observed)\n    .map((route)',
  },
  {
    name: 'the only way goes although its successor is refused',
    file: APPLY,
    from: '!isOnlyWay(step, unwritten)',
    to: '!isOnlyWay(step, unwritten.slice(0, 0))',
  },
  {
    name: 'a route that is no longer wanted stays',
    file: PLAN,
    from: '    .filter((step) => claimed.has(stepKey(step)));',
    to: '    .filter((step) => claimed.has(stepKey(step)) && picture.wanted.length < 0);',
  },
  {
    name: 'who sees no peering takes it to be gone',
    file: OBSERVE,
    from: 'const elsewhere = await observeElsewhere(key, { ...reads, memory }, remembered);',
    to: 'const elsewhere: Observed | undefined = undefined;',
  },
  {
    name: 'report means quarantine',
    file: PLAN,
    from: "    case 'report':\n      return [];",
    to: "    case 'report':",
  },
  {
    name: 'what waits for an approval is quarantined',
    file: JUDGE_ACTIVE,
    from: 'measure: isUnapproved ? unapproved : guardrails.unsanctioned,',
    to: 'measure: guardrails.unsanctioned,',
  },
  {
    name: 'an ended peering keeps its routes on the other side',
    file: OBSERVE,
    from: 'leftoversAt([peering.requester, peering.accepter], key, reads);',
    to: 'leftoversAt([peering.requester], key, reads);',
  },
];

/** What goes wrong in finding, remembering and telling. */
const REST: readonly Mutant[] = [
  {
    name: 'the sweep passes over pending requests',
    file: SWEEP,
    from: "    case 'deleting':\n      return false;",
    to: "    case 'deleting':\n    case 'pending-acceptance':\n      return false;",
  },
  {
    name: 'the sweep passes over leftovers of ended peerings',
    file: SWEEP,
    from: '      if (routesLeadTo(peering.id, inventory)) return true;\n',
    to: '',
  },
  {
    name: 'the sweep passes over what EC2 has forgotten',
    file: SWEEP,
    from: 'const vanishedIds = vanished(inventory);',
    to: 'const vanishedIds: readonly PeeringId[] = vanished(inventory).slice(0, 0);',
  },
  {
    name: 'the sweep passes over routes that the rule no longer wants',
    file: SWEEP,
    from: 'mayBeOtherwise(verdict, observed)\n',
    to: 'Math.abs(0) > 1\n',
  },
  {
    name: 'what needs the other side’s subnets is passed over',
    file: SWEEP,
    from: 'verdict.connect !== undefined && restsOnUnread(observed, verdict.connect)',
    to: 'Math.abs(0) > 1',
  },
  {
    name: 'what waits is not looked at again',
    file: WORK,
    from: '  await deps.recheck.send({ ...item, looks: item.looks + 1 }, delayAfter(item.looks));\n',
    to: '',
  },
  {
    name: 'a deleted route is passed over by the intake',
    file: 'shared/events/registry.ts',
    from: "  'ReplaceRoute',\n  'DeleteRoute',\n",
    to: "  'ReplaceRoute',\n",
  },
  {
    name: 'a changed CIDR does not concern the other side',
    file: SWEEP,
    from: '  if (item.affectsPeers || isRestored) await lookAtPeers(item, inventory, deps);\n',
    to: '',
  },
  {
    name: 'a message that failed is acknowledged',
    file: WORK,
    from: "    deps.log.write({ code: 'reconcile.failed', peeringId: item.key.peeringId, error: name, reason });\n    throw error;",
    to: "    deps.log.write({ code: 'reconcile.failed', peeringId: item.key.peeringId, error: name, reason });",
  },
  {
    name: 'a dead letter is let go before it is told',
    file: 'shared/letters/take-letters.ts',
    from: "  if (deps.clock.now() < cause.tellAt) return 'not-told';",
    to: "  if (deps.clock.now() < cause.tellAt) return 'told';",
  },
  {
    name: 'what was done is not written into the history',
    file: REMEMBER,
    from: "const changes = results.flatMap(({ kind, step }) => (kind === 'done' ? [describeStep(step)] : []));",
    to: 'const changes: string[] = [];',
  },
  {
    name: 'what is planned is not written into the history',
    file: REMEMBER,
    from: 'entry: { ...entryOf(verdict, hint, deps), planned: all.map(describeStep), changes: [] },',
    to: 'entry: undefined,',
  },
  {
    name: 'claims are given up with the routes written',
    file: APPLY,
    from: "const isRefused = kind === 'blocked' || (kind === 'stale' && result.isCertain);",
    to: "const isRefused = kind !== 'unneeded';",
  },
  {
    name: 'reads outlive a write',
    file: SHARED_READS,
    from: '    this.#peerings.clear();\n    this.#networks.clear();\n',
    to: '',
  },
  {
    name: 'nothing waits for the ledger',
    file: APPLY,
    from: "      if (!stage.every(({ kind }) => kind === 'accept')) await opened;\n",
    to: '',
  },
  {
    name: 'connected is told while EC2 is still provisioning',
    file: PUBLISH,
    from: "  if (outcome.kind === 'waiting' && verdict.kind !== 'unsanctioned' && !isDeleting) return undefined;\n",
    to: '',
  },
  {
    name: 'a notice lists what was not done',
    file: PUBLISH,
    from: "  result.kind === 'done' && result.step.kind !== 'await-active' && result.step.kind !== 'tag';",
    to: "  result.step.kind !== 'await-active' && result.step.kind !== 'tag';",
  },
  {
    name: 'the accept is not told',
    file: PUBLISH,
    from: "  const problems = verdict.kind === 'connect' ? verdict.problems : [];",
    to: "  if (verdict.kind === 'connect') return undefined;\n  const problems: string[] = [];",
  },
  {
    name: 'a rejection is not told',
    file: PUBLISH,
    from: 'const status = statusOf(verdict);',
    to: "const status = verdict.kind === 'reject' ? undefined : statusOf(verdict);",
  },
  {
    name: 'Slack’s secret is in an error',
    file: 'shared/aws/slack.ts',
    from: '      throw error;\n',
    to: '      throw new Error(`${String(error)} https://hooks.slack.example/services/T000`);\n',
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...ACCEPTS,
  ...CONNECTS,
  ...DELETES,
  ...REST,
  ...NEIGHBOURS,
  ...APPROVALS,
  ...ENDURANCE,
];
