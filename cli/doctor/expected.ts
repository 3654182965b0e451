import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { Expected } from '../../analysis/doctor/facts.ts';

const hubSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const actions = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const policy = z.object({
  PolicyName: z.string(),
  PolicyDocument: z.object({ Statement: z.array(z.object({ Action: actions })) }),
});
const memberSchema = z.object({
  Resources: z.object({
    MemberRole: z.object({ Properties: z.object({ Policies: z.array(z.unknown()) }) }),
    ForwardPeeringEvents: z.object({ Properties: z.object({ EventPattern: z.unknown() }) }),
  }),
});

/** The names and patterns of what this command would deploy. */
export function expectedOf({
  template,
  memberTemplate,
  ...given
}: Pick<Expected, 'version' | 'name' | 'hubRegion' | 'cutsAnHour'> & {
  /** The hub's, as packaged; JSON. */
  readonly template: string;
  /** deploy/member.yaml. */
  readonly memberTemplate: string;
}): Expected {
  const { Resources } = hubSchema.parse(JSON.parse(template));
  const namesOf = (type: string, property: string): readonly string[] =>
    Object.values(Resources)
      .filter(({ Type }) => Type === type)
      .flatMap(({ Properties = {} }) => {
        const name = Properties[property];
        return typeof name === 'string' ? name : [];
      });
  // The tags of CloudFormation's functions stay unresolved: what is looked at has none.
  const document = parseDocument(memberTemplate, { logLevel: 'silent' });
  const { MemberRole, ForwardPeeringEvents } = memberSchema.parse(document.toJS()).Resources;
  const [always, ...optional] = MemberRole.Properties.Policies;
  return {
    ...given,
    hubRules: namesOf('AWS::Events::Rule', 'Name'),
    alarms: namesOf('AWS::CloudWatch::Alarm', 'AlarmName'),
    forwardPattern: JSON.stringify(ForwardPeeringEvents.Properties.EventPattern),
    memberActions: allowedActions(policy.parse(always)),
    // `!If` with the condition, the policy, and nothing.
    optionalMemberActions: optional.flat().flatMap((each) => {
      const parsed = policy.safeParse(each);
      return parsed.success ? allowedActions(parsed.data) : [];
    }),
  };
}

const allowedActions = ({ PolicyDocument: { Statement } }: z.infer<typeof policy>): readonly string[] =>
  Statement.flatMap(({ Action }) => Action).map((action) => action.toLowerCase());
