import { createHash } from 'node:crypto';
import { strToU8, unzipSync, zipSync } from 'fflate';
import * as z from 'zod';

/** What is deployed: the template as Serverless packaged it, and the zip of each function. */
export interface HubCode {
  /** JSON, for the stage that it was packaged for. */
  readonly template: string;
  /** By the name of their files, without `.zip`. */
  zip(name: string): Uint8Array;
  /** The text of deploy/member.yaml. */
  readonly memberTemplate: string;
}

/** `npm run package` knows this stage only; every name in the template starts with it. */
const PACKAGED_STAGE = 'prod';
/** What the template begins with when nothing else is there yet: where the code of everything else is put. */
const BUCKET_RESOURCES = ['ServerlessDeploymentBucket', 'ServerlessDeploymentBucketPolicy'];
const BUCKET_OUTPUT = 'ServerlessDeploymentBucketName';

const functionSchema = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Code: z.object({ S3Key: z.string() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
  }),
});
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  Outputs: z.record(z.string(), z.unknown()),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).optional(),
});

/** A function's code as it is uploaded. */
export interface Upload {
  readonly key: string;
  readonly body: Uint8Array;
}

/** What autopeer.yaml may set of the hub. */
export interface HubSettings {
  readonly logRetentionDays?: number | undefined;
  readonly tracing?: boolean | undefined;
}

export interface StagedHub {
  /** JSON. */
  readonly template: string;
  /** The bucket alone, for the first deployment. */
  readonly bucketTemplate: string;
  readonly uploads: readonly Upload[];
  /** The settings, as the template's parameters. */
  readonly parameters: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[];
  /** Logical ids and types, in the template's order. */
  readonly resources: readonly { readonly logicalId: string; readonly type: string }[];
}

/** Names as Serverless gives them to another stage. */
export const stagedText = (packaged: string, stage: string): string =>
  packaged
    .replaceAll(`autopeer-${PACKAGED_STAGE}`, `autopeer-${stage}`)
    .replaceAll(`Autopeer${PACKAGED_STAGE}`, `Autopeer${stage.replaceAll('-', '')}`);

/**
 * The hub of a stage with a policy: its names, and the policy in the zip of each function that reads one. A zip is named by
 * its content, so that what has not changed is not deployed anew.
 *
 * @param settings as the template has them where they are left out
 */
export function stagedHub(
  code: HubCode,
  stage: string,
  policy: string,
  settings: HubSettings = {},
): StagedHub {
  const template = templateSchema.parse(JSON.parse(stagedText(code.template, stage)));
  const parameters = parametersOf(template.Parameters ?? {}, settings);
  // In the template too, so that a changed setting is a changed template.
  for (const { ParameterKey, ParameterValue } of parameters) {
    Reflect.set(template.Parameters?.[ParameterKey] ?? {}, 'Default', ParameterValue);
  }
  const uploads: Upload[] = [];
  for (const resource of Object.values(template.Resources)) {
    const parsed = functionSchema.safeParse(resource);
    if (!parsed.success) continue;
    const { Code, Environment } = parsed.data.Properties;
    const name = /([^/]+)\.zip$/.exec(Code.S3Key)?.[1] ?? '';
    const policyFile = Environment?.Variables['POLICY_FILE'];
    const added = typeof policyFile === 'string' ? { [policyFile]: strToU8(policy) } : {};
    const upload = uploadOf(name, code.zip(name), stage, added);
    uploads.push(upload);
    setKey(resource, upload.key);
  }
  const bucket = {
    ...template,
    Resources: Object.fromEntries(
      Object.entries(template.Resources).filter(([logicalId]) => BUCKET_RESOURCES.includes(logicalId)),
    ),
    Outputs: { [BUCKET_OUTPUT]: template.Outputs[BUCKET_OUTPUT] },
    Parameters: undefined,
    // They ask for the parameters.
    Conditions: undefined,
  };
  return {
    template: JSON.stringify(template),
    bucketTemplate: JSON.stringify(bucket),
    uploads,
    parameters,
    resources: Object.entries(template.Resources).map(([logicalId, { Type }]) => ({ logicalId, type: Type })),
  };
}

const parametersOf = (
  known: Readonly<Record<string, unknown>>,
  settings: HubSettings,
): StagedHub['parameters'] =>
  Object.entries({
    LogRetentionDays: settings.logRetentionDays?.toString(),
    Tracing: settings.tracing === undefined ? undefined : settings.tracing ? 'on' : 'off',
  }).flatMap(([ParameterKey, ParameterValue]) =>
    ParameterKey in known && ParameterValue !== undefined ? [{ ParameterKey, ParameterValue }] : [],
  );

function setKey(resource: object, key: string): void {
  const code: unknown = Reflect.get(Object(Reflect.get(resource, 'Properties')), 'Code');
  Reflect.set(Object(code), 'S3Key', key);
}

/** Zip has no earlier time. */
const NO_TIME = '1980-01-01T00:00:00';
/** Lambda reads its code as another user: rw-r--r-- of a plain file. */
const READABLE = (0o100644 << 16) >>> 0;
const UNIX = 3;
const DIGEST_DIGITS = 16;

function uploadOf(
  name: string,
  zip: Uint8Array,
  stage: string,
  added: Readonly<Record<string, Uint8Array>>,
): Upload {
  const files = Object.entries({ ...unzipSync(zip), ...added }).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const hash = createHash('sha256');
  for (const [path, bytes] of files) hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
  const digest = hash.digest('hex').slice(0, DIGEST_DIGITS);
  const options = { mtime: NO_TIME, os: UNIX, attrs: READABLE, level: 9 } as const;
  const body = zipSync(Object.fromEntries(files), options);
  return { key: `autopeer/${stage}/${digest}/${name}.zip`, body };
}
