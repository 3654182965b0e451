import * as z from 'zod';
import { APPROVALS_MAX } from './approval-terms.ts';
import { PEERINGS_PER_VPC_MAX, ROUTES_PER_TABLE_MAX, SETTLE_SECONDS_MAX, WRITING_MODES } from './connect.ts';
import { CUTS_AN_HOUR_MAX } from './guardrails.ts';
import * as field from '../decision/fields.ts';

const { choice, count, expected, flag, list, mapping, suggestWord } = field;

const tags = z.record(
  field.tagKey,
  z.union([field.tagValue, list('[web, api]', field.tagValue)], {
    error: (issue) => expected("a tag's value, in quotes, or a list of them", issue.input),
  }),
  { error: (issue) => expected('tags, such as { tier: shared }', issue.input) },
);

const selectorFields = {
  groups: list('[prod, staging]', field.name).optional().describe('In at least one of these groups.'),
  accounts: list('["111122223333"]', field.accountId).optional().describe('Account ids, in quotes.'),
  ous: list('[ou-ab12-prod0001]', field.ouId).optional().describe('Under one of these OUs, at any depth.'),
  external: flag('external: true')
    .optional()
    .describe('true: only outside the organization. false: only inside it.'),
  regions: list('[eu-west-1]', field.region).optional().describe('In one of these regions.'),
  vpcs: list('[vpc-0123456789abcdef0]', field.vpcId).optional().describe('One of these VPCs.'),
  defaultVpc: flag('defaultVpc: false')
    .optional()
    .describe('true: only default VPCs of AWS. false: only other VPCs.'),
  tags: tags.optional().describe("The VPC's tags: every key, with one of its values."),
  cidrs: list('[10.0.0.0/8]', field.cidr)
    .optional()
    .describe('To allow: every CIDR of the VPC lies within one of these. To deny: any CIDR overlaps one.'),
};

/** What a selector leaves out has no `except` of its own; a group has, and may stand here. */
const excepted = mapping('a selector', selectorFields).meta({ id: 'Excepted', minProperties: 1 });
const exceptedEntry = z.union([field.name, excepted], {
  error: (issue) => expected('a group name or a selector', issue.input),
});

const selector = mapping('a selector', {
  ...selectorFields,
  except: z
    .union([field.name, list('[prod, staging]', exceptedEntry), excepted], {
      error: (issue) => expected('a group name, a list of them, or a selector', issue.input),
    })
    .optional()
    .describe('Not these. To allow, whatever may be one of them is left out; to deny, only what surely is.'),
}).meta({ id: 'Selector', minProperties: 1 });

const sideEntry = z.union([field.name, selector], {
  error: (issue) => expected('a group name or a selector', issue.input),
});
const side = z
  .union([field.name, list('[prod, staging]', sideEntry), selector], {
    error: (issue) => expected('a group name, a list of them, or a selector', issue.input),
  })
  .meta({ id: 'Side', description: 'A group name, a list of which one must match, or a selector.' });

const TABLE_WORDS = ['associated', 'main', 'all'] as const;
const DESTINATION_WORDS = ['vpc-cidrs', 'subnet-cidrs'] as const;
const NEW_CIDRS_WORDS = ['safe', 'hold', 'route'] as const;

const tableChoice = z.union(
  [
    choice(TABLE_WORDS),
    mapping('tagged route tables', {
      tagged: z.record(field.tagKey, field.tagValue, {
        error: (issue) => expected('tags, such as { autopeer: routes }', issue.input),
      }),
    }),
    list('[rtb-0123456789abcdef0]', field.routeTableId),
  ],
  {
    error: (issue) =>
      `${expected('associated, main, all, { tagged: { key: value } } or a list of route table ids', issue.input)}${suggestWord(issue.input, TABLE_WORDS)}`,
  },
);
const destinationChoice = z.union([choice(DESTINATION_WORDS), list('[10.0.0.0/16]', field.cidr)], {
  error: (issue) =>
    `${expected('vpc-cidrs, subnet-cidrs or a list of CIDRs', issue.input)}${suggestWord(issue.input, DESTINATION_WORDS)}`,
});

const routeOptions = mapping('route options', {
  settle: field
    .duration(SETTLE_SECONDS_MAX)
    .optional()
    .describe('How long others may write a missing route before autopeer does; not at all unless said.'),
  modes: list('[settle, none]', choice(WRITING_MODES))
    .optional()
    .describe('What the tag autopeer:routes of a VPC may choose for its own route tables.'),
  tables: tableChoice.optional().describe('Which route tables get routes to the other side.'),
  destinations: destinationChoice.optional().describe('What the routes lead to.'),
  exclude: z
    .array(field.cidr, { error: (issue) => expected('a list of CIDRs', issue.input) })
    .optional()
    .describe('No routes to destinations within these.'),
  ipv6: flag('ipv6: true').optional(),
  newCidrs: choice(NEW_CIDRS_WORDS)
    .optional()
    .describe('Whether a CIDR that a VPC gets after the accept is routed; safe unless said otherwise.'),
});

const connect = mapping('connect options', {
  routes: z
    .union([z.literal('none'), routeOptions], {
      error: (issue) => expected('none or route options, such as { tables: main }', issue.input),
    })
    .optional()
    .describe('none: autopeer accepts only, and every route is somebody else’s.'),
  dns: z
    .union([z.boolean(), z.literal('leave')], {
      error: (issue) =>
        `${expected('true, false or leave', issue.input)}${suggestWord(issue.input, ['leave'])}`,
    })
    .optional()
    .describe(
      "Whether each side resolves the other's private DNS names; leave: autopeer touches neither flag.",
    ),
}).meta({ id: 'Connect' });

const limits = mapping('limits', {
  peeringsPerVpc: count(PEERINGS_PER_VPC_MAX).optional(),
  routesPerTable: count(ROUTES_PER_TABLE_MAX).optional(),
}).meta({ id: 'Limits' });

const ends = {
  name: field.name.describe('Unique among all rules.'),
  requester: side.optional(),
  accepter: side.optional(),
  between: z
    .tuple([side, side], { error: (issue) => expected('two sides, such as [prod, shared]', issue.input) })
    .optional()
    .describe('Two sides, whichever of them requests.'),
};
const ENDS_SCHEMA = { anyOf: [{ required: ['requester', 'accepter'] }, { required: ['between'] }] };

const dryRun = flag('dryRun: true').optional();

const NOTE_LENGTH_MAX = 100;
const note = (what: string) =>
  z
    .string({ error: (issue) => expected(`${what}, in quotes where it looks like a number`, issue.input) })
    .min(1, { error: `it is empty: write ${what}, or leave the key out` })
    .max(NOTE_LENGTH_MAX, { error: `it is too long: write at most ${NOTE_LENGTH_MAX} characters` })
    .optional();

const notes = {
  owner: note('who answers for the rule, such as network team').describe(
    'Who answers for the rule. Shown in every notice about it.',
  ),
  ticket: note('where it was agreed, such as NET-123').describe(
    'Where it was agreed. Shown in every notice about it.',
  ),
};

const approvers = mapping('approvers', {
  iam: list('["arn:aws:iam::111122223333:role/NetworkAdmin"]', field.principal)
    .optional()
    .describe('IAM roles (without their path) and users; * stands for any text in a name.'),
  accounts: list('["444455556666"]', field.accountId)
    .optional()
    .describe('The accounts whose people these are: they do not approve what those ask for.'),
  slack: list('[U0123ABCD]', field.slackUser)
    .optional()
    .describe('People of Slack, by their ids, who may use the buttons.'),
  slackGroups: list('[S0123ABCD]', field.slackGroup)
    .optional()
    .describe('User groups of Slack, by their ids. Who is a member is read when somebody uses a button.'),
}).meta({ id: 'Approvers' });

const person = mapping('a person', {
  slack: list('[U0123ABCD]', field.slackUser).describe('What this person is called in Slack.'),
  iam: list('["arn:aws:iam::111122223333:user/anna"]', field.onePrincipal)
    .optional()
    .describe('The IAM users and roles of this person alone.'),
  identityCenter: list('[anna@example.com]', field.identityCenterUser)
    .optional()
    .describe('The names with which this person signs in to Identity Center.'),
}).meta({ id: 'Person' });

const approval = z.union(
  [
    z.literal('required'),
    mapping('an approval', {
      by: z
        .union([field.name, list('[network-team]', field.name)], {
          error: (issue) => expected('the name of approvers, or a list of them', issue.input),
        })
        .describe('Whoever is in one of these, named under approvers.'),
      count: count(APPROVALS_MAX).optional().describe('So many different people; 1.'),
      notRequester: flag('notRequester: false')
        .optional()
        .describe('false: people of the account that asks may approve too.'),
    }),
  ],
  {
    error: (issue) =>
      `${expected('required, or { by: [network-team] }', issue.input)}; leave the key out where no approval is needed`,
  },
);

const allowRule = mapping('an allow rule', {
  ...ends,
  approval: approval.optional().describe('A person must approve each request.'),
  oneSided: flag('oneSided: true')
    .optional()
    .describe('true: one side may lie in a region that this policy does not govern.'),
  connect: connect.optional(),
  limits: limits.optional(),
  expires: field.expiry
    .optional()
    .describe('After it the rule allows nothing more. A date is over at its end, in UTC.'),
  dryRun: dryRun.describe('true: a trial rule. It decides nothing; autopeer says what it would change.'),
  ...notes,
}).meta({ id: 'AllowRule', ...ENDS_SCHEMA });

const reason = z
  .string({ error: (issue) => expected('a sentence that people will read', issue.input) })
  .min(1, { error: 'the reason is empty: write a sentence that people will read' })
  .max(500, { error: 'the reason is too long: write at most 500 characters' });

const NO_EXPIRY =
  'a deny rule does not expire, for nobody would decide to let in what it stops: take the rule out when its time is over; ' +
  'or write an allow rule with expires, and no deny rule';

const denyRule = mapping(
  'a deny rule',
  {
    ...ends,
    reason: reason.optional().describe('Shown to the people whose request it stops.'),
    dryRun: dryRun.describe('true: a trial rule. It stops nothing; autopeer says what it would stop.'),
    ...notes,
  },
  { expires: NO_EXPIRY },
).meta({ id: 'DenyRule', ...ENDS_SCHEMA });

const rules = <Rule extends z.ZodType>(rule: Rule) =>
  z.array(rule, { error: (issue) => expected('a list of rules', issue.input) }).optional();

/** Only the command reads other files: what is left of `include` here was not put together. */
const INCLUDE_IS_MERGED =
  'the files were not put together: deploy with autopeer deploy, or write one file with autopeer policy merge';

/** A policy file as it is written. References between its parts are checked apart: see references.ts. */
export const policyFileSchema = mapping('a policy', {
  version: z
    .literal(1, {
      error: (issue) =>
        issue.input === undefined || issue.input === null
          ? expected('version: 1', issue.input)
          : `${expected('version 1', issue.input)}: this autopeer knows no other version`,
    })
    .describe('The version of the policy language.'),
  regions: list('[eu-west-1]', field.region).describe('The regions that autopeer governs.'),
  include: list('[network.yaml]', z.string())
    .refine(() => false, { error: INCLUDE_IS_MERGED })
    .optional()
    .describe(
      'Files of the same folder whose groups, approvers, people, allow and deny belong to this policy too.',
    ),
  groups: z
    .record(field.name, selector, {
      error: (issue) => expected('groups, such as { prod: { ous: [ou-ab12-prod0001] } }', issue.input),
    })
    .optional()
    .describe('Named sets of VPCs.'),
  approvers: z
    .record(field.name, approvers, {
      error: (issue) =>
        expected('approvers, such as { network-team: { iam: ["arn:aws:iam::…"] } }', issue.input),
    })
    .optional()
    .describe('Named people who may approve requests.'),
  people: z
    .record(field.name, person, {
      error: (issue) =>
        expected(
          'people, such as { anna: { slack: [U0123ABCD], identityCenter: [anna@example.com] } }',
          issue.input,
        ),
    })
    .optional()
    .describe('Who is one and the same person in Slack and in AWS, where several people must approve.'),
  defaults: mapping('defaults', {
    unmatched: choice(['hold', 'reject', 'ignore'])
      .optional()
      .describe('What becomes of a request that no rule matches; hold unless said otherwise.'),
    connect: connect.optional(),
    limits: limits.optional(),
  }).optional(),
  dryRun: dryRun.describe('true: say what would be done, and do nothing, for every peering.'),
  statusTags: flag('statusTags: false')
    .optional()
    .describe('false: no peering gets the tags autopeer:status, autopeer:rule and autopeer:reason.'),
  allow: rules(allowRule),
  deny: rules(denyRule),
  guardrails: mapping('guardrails', {
    unsanctioned: choice(['report', 'quarantine', 'delete'])
      .optional()
      .describe('What becomes of an active peering that no rule allows; report unless said otherwise.'),
    unapproved: choice(['report', 'quarantine'])
      .optional()
      .describe('What becomes of an active peering that nobody approved although its rule asks for it.'),
    atMost: count(CUTS_AN_HOUR_MAX)
      .optional()
      .describe('How many peerings an hour may lose their reachability, in the whole organization; 10.'),
  }).optional(),
}).meta({ title: 'autopeer policy' });

export type PolicyFile = z.output<typeof policyFileSchema>;
export type SelectorFile = z.output<typeof selector>;
export type SideFile = z.output<typeof side>;
export type ConnectFile = z.output<typeof connect>;
export type AllowRuleFile = z.output<typeof allowRule>;
export type DenyRuleFile = z.output<typeof denyRule>;

/** The JSON Schema of a policy file, for editors: docs/policy.schema.json is this. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(policyFileSchema, { io: 'input', target: 'draft-7' });
}
