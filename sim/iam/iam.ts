import * as z from 'zod';
import { formatArn, parseArn, type PartitionId } from '../arn.ts';
import { applies, parsePolicy, type Policy, type Principals, type Statement } from './iam-policy.ts';
import type { ConditionContext } from './iam-conditions.ts';
import { AwsError, type Call, type Caller } from '../types.ts';

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly accountId: string;
  readonly trust: Policy;
  readonly maxSessionSeconds: number;
  /** By name. */
  readonly policies: Map<string, Policy>;
  /** As they were given, for those who read them. */
  readonly trustDocument: unknown;
  readonly documents: Map<string, unknown>;
}

/** One question to IAM. */
export interface AccessRequest {
  readonly caller: Caller;
  /** With its service: `ec2:DescribeVpcs`. */
  readonly action: string;
  readonly resource: string;
  readonly region: string;
  readonly input?: unknown;
}

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly because: string };

const DEFAULT_SESSION_SECONDS = 3600;

/** Services whose resources have policies of their own; across accounts they must allow the caller too. */
const WITH_RESOURCE_POLICIES = new Set(['sqs', 'sns', 'events', 'sts']);

/**
 * SQS has no permissions of their own for its batch actions.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
const PERMISSIONS: ReadonlyMap<string, string> = new Map([
  ['sqs:SendMessageBatch', 'sqs:SendMessage'],
  ['sqs:DeleteMessageBatch', 'sqs:DeleteMessage'],
  ['sqs:ChangeMessageVisibilityBatch', 'sqs:ChangeMessageVisibility'],
  // CloudWatch signs by another name.
  ['monitoring:DescribeAlarms', 'cloudwatch:DescribeAlarms'],
  ['monitoring:GetMetricData', 'cloudwatch:GetMetricData'],
]);

function statementsIn(document: unknown): readonly unknown[] {
  const statement: unknown = Reflect.get(Object(document), 'Statement');
  return Array.isArray(statement) ? statement : [statement];
}

/**
 * Roles, their policies and the policies of resources, and the decision whether a call may be made.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class SimulatedIam {
  readonly #organizationOf: (accountId: string) => string | undefined;
  readonly #partition: PartitionId;
  readonly #roles = new Map<string, Role>();
  readonly #resourcePolicies = new Map<string, Policy>();
  /** The statements of the same, as they were given. */
  readonly #documents = new Map<string, readonly unknown[]>();
  readonly #watchers: ((request: AccessRequest, isAllowed: boolean) => void)[] = [];

  /** @param organizationOf the id of the organization that an account belongs to */
  constructor(organizationOf: (accountId: string) => string | undefined, partition: PartitionId = 'aws') {
    this.#partition = partition;
    this.#organizationOf = organizationOf;
  }

  /** The path begins and ends with a slash. */
  createRole(
    accountId: string,
    name: string,
    trustDocument: unknown,
    options: { path?: string; maxSessionSeconds?: number } = {},
  ): Role {
    const { path = '/', maxSessionSeconds = DEFAULT_SESSION_SECONDS } = options;
    const arn = formatArn('iam', '', accountId, `role${path}${name}`, this.#partition);
    if (this.roleNamed(accountId, name) !== undefined) {
      throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    }
    const trust = parsePolicy(trustDocument, `${name}.AssumeRolePolicyDocument`);
    const known = { policies: new Map<string, Policy>(), documents: new Map<string, unknown>() };
    const role: Role = { arn, name, accountId, trust, trustDocument, maxSessionSeconds, ...known };
    this.#roles.set(arn, role);
    return role;
  }

  putRolePolicy(roleArn: string, policyName: string, document: unknown): void {
    const role = this.#roles.get(roleArn);
    if (role === undefined) throw new AwsError('NoSuchEntity', `The role ${roleArn} cannot be found.`, 404);
    role.policies.set(policyName, parsePolicy(document, `${role.name}.${policyName}`));
    role.documents.set(policyName, document);
  }

  /** @returns whether there was such a policy */
  deleteRolePolicy(roleArn: string, policyName: string): boolean {
    const role = this.#roles.get(roleArn);
    role?.documents.delete(policyName);
    return role?.policies.delete(policyName) === true;
  }

  /** Sets the whole policy of a queue, a topic or an event bus. */
  putResourcePolicy(resourceArn: string, document: unknown): void {
    this.#resourcePolicies.set(resourceArn, parsePolicy(document, resourceArn));
    this.#documents.set(resourceArn, statementsIn(document));
  }

  /** Adds a statement to a resource's policy, as `events:PutPermission` does. */
  addResourceStatements(resourceArn: string, document: unknown): void {
    const old = this.#resourcePolicies.get(resourceArn)?.statements ?? [];
    const added = parsePolicy(document, resourceArn).statements;
    this.#resourcePolicies.set(resourceArn, { statements: [...old, ...added] });
    const documents = this.#documents.get(resourceArn) ?? [];
    this.#documents.set(resourceArn, [...documents, ...statementsIn(document)]);
  }

  /** The policy of a resource as it was given, for those who read it. */
  documentOn(resourceArn: string): object | undefined {
    const Statement = this.#documents.get(resourceArn);
    return Statement === undefined ? undefined : { Version: '2012-10-17', Statement };
  }

  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  /** Names are unique in an account, whatever the path. */
  roleNamed(accountId: string, name: string): Role | undefined {
    return [...this.#roles.values()].find((role) => role.accountId === accountId && role.name === name);
  }

  deleteRole(arn: string): void {
    this.#roles.delete(arn);
  }

  /** Throws the error of the call's service unless the caller may do it on every one of the resources. */
  authorize(call: Call, resources: readonly string[], input: unknown): void {
    const called = `${call.service}:${call.action}`;
    const action = PERMISSIONS.get(called) ?? called;
    for (const resource of resources) {
      const verdict = this.decide({ caller: call.caller, action, resource, region: call.region, input });
      if (!verdict.allowed) throw denialOf(call, resource, verdict.because);
    }
  }

  /** Tells a watcher of every decision from now on. */
  watch(watcher: (request: AccessRequest, isAllowed: boolean) => void): void {
    this.#watchers.push(watcher);
  }

  /** The decision on one action and one resource. */
  decide(request: AccessRequest): Verdict {
    const verdict = this.#decide(request);
    for (const watcher of this.#watchers) watcher(request, verdict.allowed);
    return verdict;
  }

  #decide(request: AccessRequest): Verdict {
    const { caller, action, resource } = request;
    const service = action.split(':')[0] ?? '';
    const context = this.contextOf(request);
    const question = { action, resource, context };
    const identity = this.#identityStatements(caller).filter((statement) => applies(statement, question));
    const isResourceChecked = WITH_RESOURCE_POLICIES.has(service) && parseArn(resource) !== undefined;
    const onResource = isResourceChecked
      ? this.statementsOn(resource).filter((statement) => applies(statement, question))
      : [];
    const named = onResource.filter((statement) => namesCaller(statement.principals, caller) !== 'no');
    if (identity.some((statement) => statement.effect === 'Deny')) {
      return { allowed: false, because: 'with an explicit deny in an identity-based policy' };
    }
    if (named.some((statement) => statement.effect === 'Deny')) {
      return { allowed: false, because: 'with an explicit deny in a resource-based policy' };
    }
    const owner = parseArn(resource)?.accountId ?? '';
    const isOwn = owner === '' || owner === caller.accountId;
    // A user is the administrator of its account: its identity policies allow everything.
    const byIdentity = caller.roleArn === undefined || identity.length > 0;
    const byResource = named.length > 0;
    const byName = named.some((statement) => namesCaller(statement.principals, caller) === 'itself');
    const missing = (kind: string): Verdict => ({
      allowed: false,
      because: `because no ${kind} policy allows the ${action} action`,
    });
    if (isResourceChecked && (service === 'sts' || !isOwn)) {
      if (!byResource) return missing('resource-based');
      const suffices = byIdentity || (isOwn && byName);
      return suffices ? { allowed: true } : missing('identity-based');
    }
    return byIdentity || byName ? { allowed: true } : missing('identity-based');
  }

  /** Whether an AWS service, acting for a resource of its own such as a rule, may do something to a resource. */
  allowsService(
    principal: string,
    request: { action: string; resource: string; sourceArn: string; region: string },
  ): boolean {
    const context: ConditionContext = (key) => {
      if (key === 'aws:sourcearn') return [request.sourceArn];
      if (key === 'aws:sourceaccount') return [parseArn(request.sourceArn)?.accountId ?? ''];
      if (key === 'aws:principalisawsservice' || key === 'aws:securetransport') return ['true'];
      return key === 'aws:requestedregion' ? [request.region] : undefined;
    };
    const statements = this.statementsOn(request.resource).filter(
      (statement) =>
        applies(statement, { ...request, context }) &&
        (statement.principals?.any === true || statement.principals?.services.includes(principal) === true),
    );
    return statements.length > 0 && statements.every((statement) => statement.effect === 'Allow');
  }

  #identityStatements(caller: Caller): readonly Statement[] {
    if (caller.roleArn === undefined) return [];
    const role = this.#roles.get(caller.roleArn);
    return [...(role?.policies.values() ?? [])].flatMap((policy) => policy.statements);
  }

  /** The statements of a resource's own policy; of a role, of its trust policy. */
  statementsOn(resource: string): readonly Statement[] {
    const trust = this.#roles.get(resource)?.trust;
    return (trust ?? this.#resourcePolicies.get(resource))?.statements ?? [];
  }

  /** The values of condition keys that a request has. */
  contextOf({ caller, resource, region, input }: AccessRequest): ConditionContext {
    const owner = parseArn(resource)?.accountId || caller.accountId;
    const tags = requestTags(input);
    const member = (name: string): readonly string[] | undefined => {
      const value: unknown =
        typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
      return typeof value === 'string' ? [value] : undefined;
    };
    const optional = (value: string | undefined): readonly string[] | undefined =>
      value === undefined ? undefined : [value];
    return (key) => {
      if (key.startsWith(REQUEST_TAG)) return optional(tagIgnoringCase(tags, key.slice(REQUEST_TAG.length)));
      switch (key) {
        case 'aws:principalarn':
          return [caller.roleArn ?? caller.arn];
        case 'aws:principalaccount':
          return [caller.accountId];
        case 'aws:principalorgid':
          return optional(this.#organizationOf(caller.accountId));
        case 'aws:principalisawsservice':
          return ['false'];
        case 'aws:resourceaccount':
          return [owner];
        case 'aws:resourceorgid':
          return optional(this.#organizationOf(owner));
        case 'aws:requestedregion':
        case 'ec2:region':
          return [region];
        case 'aws:securetransport':
          return ['true'];
        case 'aws:tagkeys':
          return tags.size === 0 ? undefined : [...tags.keys()];
        case 'dynamodb:leadingkeys':
          return leadingKeys(input);
        case 'lambda:functionurlauthtype':
          return member('FunctionUrlAuthType');
        case 'lambda:invokedviafunctionurl':
          return member('InvokedViaFunctionUrl');
        case 'events:source':
          return eventsOf(input)?.map(({ Source = '' }) => Source);
        case 'events:detail-type':
          return eventsOf(input)?.map(({ DetailType = '' }) => DetailType);
        case 'sts:externalid':
          return member('ExternalId');
        case 'sts:rolesessionname':
          return member('RoleSessionName');
        default:
          return undefined;
      }
    };
  }
}

/** Whether a policy names the caller itself (or everyone), only its account, or not at all. */
function namesCaller(principals: Principals | undefined, caller: Caller): 'itself' | 'account' | 'no' {
  if (principals === undefined) return 'no';
  if (principals.any) return 'itself';
  const own = new Set([caller.arn, caller.roleArn]);
  if (principals.aws.some((principal) => own.has(principal))) return 'itself';
  const account = [
    caller.accountId,
    formatArn('iam', '', caller.accountId, 'root', parseArn(caller.arn)?.partition),
  ];
  return principals.aws.some((principal) => account.includes(principal)) ? 'account' : 'no';
}

/** The values of the partition key that a request is about: an item, a batch or a query, where that key is named `pk`. */
function leadingKeys(input: unknown): readonly string[] | undefined {
  const batch = BATCH.safeParse(input).data;
  if (batch !== undefined) {
    const requests = Object.values(batch.RequestItems).flat();
    return requests.flatMap(
      ({ PutRequest, DeleteRequest }) => PutRequest?.Item?.pk.S ?? DeleteRequest?.Key?.pk.S ?? [],
    );
  }
  const parsed = ONE_ITEM.safeParse(input).data;
  const key = parsed?.Key?.pk.S ?? parsed?.Item?.pk.S ?? queriedKey(input);
  return key === undefined ? undefined : [key];
}

/** Those of `events:PutEvents`, one value of each key for each of them. */
function eventsOf(
  input: unknown,
): readonly { Source?: string | undefined; DetailType?: string | undefined }[] | undefined {
  return PUT_EVENTS.safeParse(input).data?.Entries;
}
const PUT_EVENTS = z.object({
  Entries: z.array(z.object({ Source: z.string().optional(), DetailType: z.string().optional() })),
});

/** The one that a query asks for. */
function queriedKey(input: unknown): string | undefined {
  const query = QUERY.safeParse(input).data;
  const [, name = ''] = /\bpk = (:\w+)/.exec(query?.KeyConditionExpression ?? '') ?? [];
  return query?.ExpressionAttributeValues[name]?.S;
}
const KEYED = z.object({ pk: z.object({ S: z.string() }) }).optional();
const ONE_ITEM = z.object({ Key: KEYED, Item: KEYED });
const BATCH = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: ONE_ITEM.optional(), DeleteRequest: ONE_ITEM.optional() })),
  ),
});
const QUERY = z.object({
  KeyConditionExpression: z.string(),
  ExpressionAttributeValues: z.record(z.string(), z.object({ S: z.string().optional() })),
});

const REQUEST_TAG = 'aws:requesttag/';

/** Condition keys ignore case, the tag's name in them too. */
function tagIgnoringCase(tags: ReadonlyMap<string, string>, lowerName: string): string | undefined {
  return [...tags].find(([name]) => name.toLowerCase() === lowerName)?.[1];
}

/** The tags in a request: `Tags` of CreateTags, `TagSpecifications` of the Create actions. */
function requestTags(input: unknown): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const read = (list: unknown): void => {
    if (!Array.isArray(list)) return;
    for (const tag of list as { Key?: string; Value?: string }[]) {
      if (tag.Key !== undefined) tags.set(tag.Key, tag.Value ?? '');
    }
  };
  if (typeof input !== 'object' || input === null) return tags;
  read(Reflect.get(input, 'Tags'));
  const specifications: unknown = Reflect.get(input, 'TagSpecifications');
  if (Array.isArray(specifications)) {
    for (const specification of specifications as { Tags?: unknown }[]) read(specification.Tags);
  }
  return tags;
}

/** The refusal of a call. AWS's services have codes of their own for it. */
export function denialOf(call: Call, resource: string, because: string): AwsError {
  const action = `${call.service}:${call.action}`;
  const what = `User: ${call.caller.arn} is not authorized to perform: ${action}`;
  const where = resource === '*' ? '' : ` on resource: ${resource}`;
  switch (call.service) {
    case 'ec2':
      return new AwsError(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. ${what}${where} ${because}`,
        403,
      );
    case 'sts':
      // Whose policy lacks something is not told across accounts; which one says no is.
      return new AwsError(
        'AccessDenied',
        because.startsWith('with an explicit deny') ? `${what}${where} ${because}` : `${what}${where}`,
        403,
      );
    case 'sns':
      return new AwsError('AuthorizationError', `${what}${where} ${because}`, 403);
    case 'sqs':
    case 'iam':
      return new AwsError('AccessDenied', `${what}${where} ${because}`, 403);
    default:
      return new AwsError('AccessDeniedException', `${what}${where} ${because}`);
  }
}
