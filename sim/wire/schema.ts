import { NormalizedSchema } from '@smithy/core/schema';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

/** One operation of a service, as the SDK's own client package describes it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** What a client package says of one modelled error. */
export interface ErrorShape {
  /** The code that the query protocol used before the service moved to JSON (SQS). */
  readonly queryCode?: string;
}

/** Smithy's tags at the head of a schema tuple. */
const OPERATION = 9;
const ERROR = -3;

const isTuple = (value: unknown, tag: number): value is readonly unknown[] =>
  Array.isArray(value) && value[0] === tag && typeof value[2] === 'string';

/**
 * The operations that an SDK client package exports (`DescribeVpcs$`, …), by name.
 * @param clientPackage the namespace object of `import * as x from '@aws-sdk/client-…'`
 */
export function operationsOf(clientPackage: object): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const tuple of Object.values(clientPackage)) {
    if (!isTuple(tuple, OPERATION)) continue;
    const name = String(tuple[2]);
    // Validated edge: the tuple's tag says that members 4 and 5 are schemas.
    const [input, output] = [tuple[4] as SchemaRef, tuple[5] as SchemaRef];
    operations.set(name, { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) });
  }
  return operations;
}

/** A trait whose value is a name, such as `xmlName`. */
export function nameTrait(traits: object, trait: 'xmlName' | 'ec2QueryName'): string | undefined {
  const value: unknown = Reflect.get(traits, trait);
  return typeof value === 'string' ? value : undefined;
}

/** The errors that an SDK client package models, by name. */
export function errorsOf(clientPackage: object): ReadonlyMap<string, ErrorShape> {
  const errors = new Map<string, ErrorShape>();
  for (const tuple of Object.values(clientPackage)) {
    if (!isTuple(tuple, ERROR)) continue;
    const traits = NormalizedSchema.of(tuple as unknown as SchemaRef).getMergedTraits();
    const queryError: unknown = traits['awsQueryError'];
    const queryCode: unknown = Array.isArray(queryError) ? queryError[0] : undefined;
    errors.set(String(tuple[2]), typeof queryCode === 'string' ? { queryCode } : {});
  }
  return errors;
}

/** The required members of a structure: Smithy sorts them first and says how many they are. */
export function requiredMembers(structure: NormalizedSchema): readonly string[] {
  const tuple: unknown = structure.getSchema();
  if (!Array.isArray(tuple)) return [];
  const members: readonly unknown[] = tuple;
  const [names, count] = [members[4], members[6]];
  return Array.isArray(names) && typeof count === 'number' ? names.slice(0, count).map(String) : [];
}

/** An object's members; a fault of the model (not of the client) when the value is none. */
export function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what}: the simulated service must answer with an object`);
  }
  return value as Record<string, unknown>;
}

/** What stops an answer that holds a member which AWS's shape does not have: the model is wrong, not the client. */
export function knownMembers(
  structure: NormalizedSchema,
): (value: Readonly<Record<string, unknown>>) => void {
  const known = new Set(Object.keys(structure.getMemberSchemas()));
  return (value) => {
    for (const name in value) {
      if (!known.has(name) && value[name] !== undefined) {
        throw new TypeError(`${structure.getName(true)} has no member ${name}`);
      }
    }
  };
}
