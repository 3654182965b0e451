import { parseDocument } from 'yaml';
import * as z from 'zod';
import { parseOuId, parseRegion } from '../shared/domain/facts/ids.ts';
import { codeOf, type Io, MIB } from './io.ts';
import { printable, readText } from './policy/files.ts';

/** The settings of a deployment, in the folder where people are. */
export const DEPLOYMENT_FILE = 'autopeer.yaml';

export const isStage = (text: string): boolean => /^[a-z][a-z0-9-]{0,15}$/.test(text);
export const isOrganizationId = (text: string): boolean => /^o-[a-z0-9]{10,32}$/.test(text);
export const isRootOrOuId = (text: string): boolean =>
  parseOuId(text) !== undefined || /^r-[a-z0-9]{4,32}$/.test(text);

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const schema = z.strictObject({
  version: z.literal(1),
  policy: z.string().min(1).default('policy.yaml'),
  stage: z.string().refine(isStage, 'must be 1 to 16 lower-case letters, digits and hyphens').default('prod'),
  region: z
    .string()
    .refine((text) => parseRegion(text) !== undefined, 'must be a region such as eu-west-1')
    .default('eu-west-1'),
  organization: z.string().refine(isOrganizationId, 'must be an id such as o-a1b2c3d4e5').optional(),
  /** Who may read in the accounts, as the member template's ReadPrincipalArn. */
  readers: z
    .string()
    .regex(
      /^arn:[\w-]+:iam::\d{12}:.+$/,
      'must be the ARN of a role or a user, in which * stands for any text',
    )
    .optional(),
  /** Whether the accounts' roles get the tag that AWS's policies for a data perimeter ask for. */
  dataPerimeter: z.boolean().default(false),
  /** Whether X-Ray traces the functions. */
  tracing: z.boolean().default(false),
  /** How long the functions' logs are kept, in days: one of the spans that CloudWatch Logs knows. */
  logRetentionDays: z
    .number()
    .refine((days) => LOG_RETENTION_DAYS.includes(days), `must be one of ${LOG_RETENTION_DAYS.join(', ')}`)
    .default(90),
  units: z
    .array(z.string().refine(isRootOrOuId, 'must be an OU such as ou-ab12-apps0001, or r-ab12'))
    .default([]),
});

export type Deployment = Readonly<z.infer<typeof schema>>;

export const DEFAULTS: Deployment = schema.parse({ version: 1 });

/**
 * The settings of autopeer.yaml; the defaults where there is no such file.
 *
 * @returns nothing once people have been told what is wrong with it
 */
export async function readDeployment(file: string, io: Io): Promise<Deployment | undefined> {
  if (!(await isThere(file, io))) return DEFAULTS;
  const text = await readText(file, io, MIB);
  if (text === undefined) return undefined;
  const document = parseDocument(text.replace(/^\u{feff}/u, ''));
  const parsed = schema.safeParse(document.errors.length > 0 ? undefined : document.toJS());
  if (parsed.success) return parsed.data;
  const [syntax] = document.errors;
  const faults =
    syntax === undefined
      ? parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`)
      : [syntax.message.split('\n')[0] ?? 'is no YAML'];
  for (const fault of faults) io.stderr.write(`autopeer: ${printable(file)}: ${printable(fault)}\n`);
  return undefined;
}

async function isThere(file: string, io: Io): Promise<boolean> {
  try {
    await io.readFile(file, MIB);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}
