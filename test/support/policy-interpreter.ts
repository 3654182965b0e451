import { contains, overlaps } from '../../shared/domain/facts/cidr.ts';
import { approvalSubject, fingerprintOf } from '../../shared/domain/policy/decision/fingerprint.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type {
  AllowRule,
  DenyRule,
  PolicyModel,
  Selector,
  SideSpec,
} from '../../shared/domain/policy/language/model.ts';
import type { PolicyRequest, PolicySide } from '../../shared/domain/policy/decision/side.ts';

/**
 * The policy language as docs/policy.md tells it, word by word, without indexes: every rule is looked at, every
 * selector is looked at. Slow, and plain enough to be seen to be right.
 */
export type Answer = 'no' | 'perhaps' | 'yes';
type Purpose = 'allow' | 'deny';

export interface PlainDecision {
  readonly kind: 'accept' | 'hold' | 'reject' | 'ignore';
  readonly code: string;
  readonly rule: string | undefined;
}

export function interpret(policy: CompiledPolicy, request: PolicyRequest): PlainDecision {
  const { model } = policy;
  const live = <Rule extends AllowRule | DenyRule>(rules: readonly Rule[]) =>
    rules.filter(({ dryRun }) => !dryRun);
  const [allow, deny] = [live(model.allow), live(model.deny)];
  const governed = [request.requester, request.accepter].some(
    (side) => side.membership.kind === 'member' && model.regions.includes(side.region),
  );
  if (!governed) return { kind: 'ignore', code: 'not-governed', rule: undefined };

  const answers = (rule: AllowRule | DenyRule): Answer => answerRule(model, rule, request);
  const named = <Rule extends { readonly name: string }>(
    rules: readonly Rule[],
    answer: (rule: Rule) => boolean,
  ) => rules.filter(answer).toSorted((one, other) => (one.name < other.name ? -1 : 1))[0];

  const denied = named(deny, (rule) => answers(rule) === 'yes');
  if (denied) return { kind: 'reject', code: 'rule-denies', rule: denied.name };
  const perhapsDenied = named(deny, (rule) => answers(rule) === 'perhaps');
  if (perhapsDenied) return { kind: 'hold', code: 'facts-unknown', rule: perhapsDenied.name };

  const allowed = allow.filter((rule) => answers(rule) === 'yes');
  const free = named(allowed, (rule) => rule.approval === undefined);
  if (free) return { kind: 'accept', code: 'rule-allows', rule: free.name };
  const approved = named(allowed, (rule) =>
    (request.approvals ?? []).some(
      ({ fingerprint }) =>
        rule.approval !== undefined &&
        fingerprint === fingerprintOf(approvalSubject(request, rule.connect, rule.approval)),
    ),
  );
  if (approved) return { kind: 'accept', code: 'approval-given', rule: approved.name };
  const waiting = named(allowed, () => true);
  if (waiting) {
    const code = (request.approvals ?? []).length > 0 ? 'approval-outdated' : 'approval-required';
    return { kind: 'hold', code, rule: waiting.name };
  }
  const perhapsAllowed = named(allow, (rule) => answers(rule) === 'perhaps');
  if (perhapsAllowed) return { kind: 'hold', code: 'facts-unknown', rule: perhapsAllowed.name };
  return { kind: model.defaults.unmatched, code: 'no-rule-matches', rule: undefined };
}

function answerRule(
  { groups }: PolicyModel,
  { kind, ends }: AllowRule | DenyRule,
  { requester, accepter }: PolicyRequest,
): Answer {
  const side = (spec: SideSpec, of: PolicySide): Answer => answerSide(groups, spec, of, kind);
  if (ends.kind === 'directed') return all([side(ends.requester, requester), side(ends.accepter, accepter)]);
  return any([
    all([side(ends.one, requester), side(ends.other, accepter)]),
    all([side(ends.other, requester), side(ends.one, accepter)]),
  ]);
}

type Groups = PolicyModel['groups'];

const answerSide = (groups: Groups, spec: SideSpec, side: PolicySide, purpose: Purpose): Answer =>
  any(spec.map((entry) => answerEntry(groups, entry, side, purpose)));

export function answerEntry(
  groups: Groups,
  entry: string | Selector,
  side: PolicySide,
  purpose: Purpose,
): Answer {
  if (typeof entry !== 'string') return answerSelector(groups, entry, side, purpose);
  if (entry === 'any') return purpose === 'allow' ? sure(side.membership.kind === 'member') : 'yes';
  const selector = groups.get(entry);
  if (selector === undefined) throw new Error(`no group ${entry}`);
  return answerSelector(groups, selector, side, purpose);
}

function answerSelector(groups: Groups, selector: Selector, side: PolicySide, purpose: Purpose): Answer {
  const isMember = side.membership.kind === 'member';
  const ous = side.membership.kind === 'member' ? side.membership.ous : [];
  const answers: Answer[] = [];
  if (selector.groups) answers.push(answerSide(groups, selector.groups, side, purpose));
  if (selector.accounts) answers.push(sure(selector.accounts.includes(side.accountId)));
  if (selector.ous) answers.push(sure(selector.ous.some((ou) => ous.includes(ou))));
  if (selector.external !== undefined) answers.push(sure(selector.external === !isMember));
  else if (purpose === 'allow' && !selector.groups) answers.push(sure(isMember));
  if (selector.regions) answers.push(sure(selector.regions.includes(side.region)));
  if (selector.vpcs) answers.push(sure(selector.vpcs.includes(side.vpcId)));
  if (selector.defaultVpc !== undefined) {
    const { isDefaultVpc } = side;
    answers.push(isDefaultVpc === undefined ? 'perhaps' : sure(isDefaultVpc === selector.defaultVpc));
  }
  for (const { key, values } of selector.tags ?? []) {
    answers.push(side.tags === 'unknown' ? 'perhaps' : sure(values.includes(side.tags[key] ?? '(none)')));
  }
  if (selector.cidrs) answers.push(answerCidrs(selector.cidrs, side.cidrs, purpose));
  if (selector.except) {
    // To leave out is read the other way round: perhaps left out is left out of an allow, and not of a deny.
    const excepted = answerSide(groups, selector.except, side, purpose === 'allow' ? 'deny' : 'allow');
    answers.push(contrary(excepted));
  }
  return all(answers);
}

function answerCidrs(
  listed: NonNullable<Selector['cidrs']>,
  cidrs: PolicySide['cidrs'],
  purpose: Purpose,
): Answer {
  if (cidrs === 'unknown' || cidrs.length === 0) return 'perhaps';
  if (purpose === 'allow') return sure(cidrs.every((cidr) => listed.some((block) => contains(block, cidr))));
  return sure(cidrs.some((cidr) => listed.some((block) => overlaps(block, cidr))));
}

const contrary = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'perhaps');

const sure = (holds: boolean): Answer => (holds ? 'yes' : 'no');

function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('perhaps') ? 'perhaps' : 'yes';
}

function any(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('perhaps') ? 'perhaps' : 'no';
}
