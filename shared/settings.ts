import * as z from 'zod';
import { isCallerPattern } from './domain/facts/caller.ts';
import { parseVerb, VERBS, type CommandCallers } from './domain/work/command.ts';
import { parseAccountId, type AccountId } from './domain/facts/ids.ts';

/** Environment variables as they come: nothing here is believed. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A function's environment lacks something, or has it in the wrong form. Names variables, never values. */
export class BadSettings extends Error {
  constructor(faults: readonly string[]) {
    super(`bad environment: ${faults.join('; ')}`);
    this.name = 'BadSettings';
  }
}

const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/, 'must be a region');
const queueUrl = z.url('must be a queue URL');

const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be a role name');

const policyFile = z.string().min(1, 'must be a path');

const tableName = z.string().min(3, 'must be a table name');

const busName = z.string().min(1, 'must be a bus name');

export const intakeSettings = z.object({
  AWS_REGION: region,
  WORK_QUEUE_URL: queueUrl,
  MEMBER_ROLE_NAME: roleName,
  SWEEP_QUEUE_URL: queueUrl,
});
const deliveries = z.coerce.number('must be a number').int().min(1, 'must be at least 1');

export const recheckSettings = z.object({
  AWS_REGION: region,
  LEDGER_TABLE: tableName,
  WORK_QUEUE_URL: queueUrl,
  MAX_DELIVERIES: deliveries,
});
export const reconcileSettings = z.object({
  AWS_REGION: region,
  HUB_BUS_NAME: busName,
  LEDGER_TABLE: tableName,
  WORK_QUEUE_URL: queueUrl,
  RECHECK_QUEUE_URL: queueUrl,
  SWEEP_QUEUE_URL: queueUrl,
  MEMBER_ROLE_NAME: roleName,
  POLICY_FILE: policyFile,
  MAX_DELIVERIES: deliveries,
});
export const startSweepSettings = z.object({
  AWS_REGION: region,
  HUB_BUS_NAME: busName,
  LEDGER_TABLE: tableName,
  SWEEP_QUEUE_URL: queueUrl,
  POLICY_FILE: policyFile,
});
export const sweepSettings = z.object({
  AWS_REGION: region,
  LEDGER_TABLE: tableName,
  WORK_QUEUE_URL: queueUrl,
  SWEEP_QUEUE_URL: queueUrl,
  MEMBER_ROLE_NAME: roleName,
  POLICY_FILE: policyFile,
  MAX_DELIVERIES: deliveries,
});
const arn = z.string().startsWith('arn:', 'must be an ARN');
export const letterSettings = z.object({
  AWS_REGION: region,
  HUB_NAME: z.string().min(1, 'must be a name'),
  HUB_BUS_NAME: busName,
  LEDGER_TABLE: tableName,
  WORK_QUEUE_ARN: arn,
  SWEEP_QUEUE_ARN: arn,
  RECHECK_QUEUE_ARN: arn,
  SLACK_QUEUE_ARN: arn,
});
export const notifySettings = z.object({
  AWS_REGION: region,
  NOTICE_TOPIC_ARN: arn,
});
const parameterName = z.string().startsWith('/', 'must be a parameter name with its path');
export const tellSlackSettings = z.object({
  AWS_REGION: region,
  LEDGER_TABLE: tableName,
  MAX_DELIVERIES: deliveries,
  SLACK_QUEUE_URL: queueUrl,
  SLACK_WEBHOOK_PARAMETER: parameterName,
  SLACK_TOKEN_PARAMETER: parameterName,
  SLACK_CHANNEL_PARAMETER: parameterName,
  SLACK_BUTTONS: z.enum(['on', 'off'], 'must be on or off'),
});
export const slackActionsSettings = z.object({
  AWS_REGION: region,
  SLACK_SECRET_PARAMETER: parameterName,
  SLACK_WORKSPACE_PARAMETER: parameterName,
  SLACK_ANSWERS_QUEUE_URL: queueUrl,
});
export const answerSlackSettings = z.object({
  AWS_REGION: region,
  LEDGER_TABLE: tableName,
  MAX_DELIVERIES: deliveries,
  WORK_QUEUE_URL: queueUrl,
  SLACK_ANSWERS_QUEUE_URL: queueUrl,
  SLACK_TOKEN_PARAMETER: parameterName,
  SLACK_CHANNEL_PARAMETER: parameterName,
});

const callersByVerb = z.record(z.string(), z.array(z.string()));

/** JSON: who may use which verb. A name or a pattern that would never be met is a fault, not an empty promise. */
const commandCallers = z.string().transform((text, context): CommandCallers => {
  const parsed = callersByVerb.safeParse(parsedJson(text));
  const entries = Object.entries(parsed.data ?? {});
  const areVerbs = entries.every(([verb]) => verb === '*' || parseVerb(verb) !== undefined);
  const arePatterns = entries.every(([, patterns]) => patterns.every(isCallerPattern));
  if (!parsed.success) context.addIssue('must be JSON such as {"*": ["*"]}: for each verb a list of callers');
  if (!areVerbs) context.addIssue(`must name verbs that there are: ${VERBS.join(', ')}, or *`);
  if (!arePatterns) context.addIssue('must list "*", ARNs of users, or ARNs of roles without their path');
  return parsed.data ?? {};
});

export const commandsSettings = z.object({
  AWS_REGION: region,
  AUTOPEER_VERSION: z.string().optional(),
  LEDGER_TABLE: tableName,
  HUB_BUS_NAME: busName,
  WORK_QUEUE_URL: queueUrl,
  SWEEP_QUEUE_URL: queueUrl,
  RECHECK_QUEUE_URL: queueUrl,
  SLACK_QUEUE_URL: queueUrl,
  MEMBER_ROLE_NAME: roleName,
  HUB_ACCOUNT_ID: z.custom<AccountId>(
    (value) => parseAccountId(value) !== undefined,
    'must be an account id',
  ),
  COMMAND_CALLERS: commandCallers,
});

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads what one function needs from its environment.
 *
 * @throws BadSettings that names every fault at once
 */
export function readSettings<Settings>(schema: z.ZodType<Settings>, env: Env): Settings {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new BadSettings(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return env[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
    }),
  );
}

/** The only reader of the process's environment. */
export const processEnv = (): Env => process.env;
