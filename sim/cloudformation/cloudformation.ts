import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { dnsSuffixOf, formatArn } from '../arn.ts';
import { evaluateFunction, NO_VALUE, text, type FunctionScope } from './cloudformation-functions.ts';
import { urlAddress } from '../lambda/url-address.ts';
import { resourceIdentity, type ResourceIdentity } from './cloudformation-identity.ts';

export interface StackRequest {
  /** What {@link parseTemplate} gives. */
  readonly template: unknown;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The value of an SSM parameter of the account and region. */
  ssmValue(name: string): string | undefined;
  /** Where a function with a URL is called. */
  functionUrl?(functionArn: string): string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly identity: ResourceIdentity;
}

export interface EvaluatedStack {
  readonly resources: readonly StackResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Evaluates a template as CloudFormation does: parameters, conditions, functions, the identities of resources.
 * It creates nothing. What it cannot resolve throws, with the path in the template.
 */
export function evaluateStack(request: StackRequest): EvaluatedStack {
  return new Evaluation(request).run();
}

/** Sections of a template that the evaluation reads, or that have no effect on it. */
const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
]);
/** Attributes of a resource beside its properties. Order comes from the types, see sim/cloudformation/stack.ts. */
const RESOURCE_ATTRIBUTES = new Set([
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
]);
const SSM_VALUE = 'AWS::SSM::Parameter::Value<String>';

class Evaluation {
  readonly #request: StackRequest;
  readonly #template: Json;
  readonly #resources: Json;
  readonly #identities = new Map<string, ResourceIdentity>();
  readonly #conditions = new Map<string, boolean>();
  /** Logical ids and conditions on the way, to tell a circle from a chain. */
  readonly #pending = new Set<string>();
  readonly #scope: FunctionScope;

  constructor(request: StackRequest) {
    this.#request = request;
    this.#template = objectAt(request.template, 'the template');
    const stranger = Object.keys(this.#template).find((section) => !SECTIONS.has(section));
    if (stranger !== undefined) throw new Error(`the template's section ${stranger} is not modelled`);
    this.#resources = this.#section('Resources');
    this.#scope = {
      evaluate: (value, path) => this.#evaluate(value, path),
      ref: (name, path) => this.#ref(name, path),
      getAtt: (id, attribute, path) => this.#getAtt(id, attribute, path),
      condition: (name, path) => this.#condition(name, path),
      mapping: (map, first, second, path) => this.#mapping(map, first, second, path),
    };
  }

  run(): EvaluatedStack {
    this.#assertParameters();
    const resources = Object.keys(this.#resources)
      .filter((id) => this.#isCreated(id))
      .map((id) => this.#resource(id));
    return { resources, outputs: this.#outputs() };
  }

  #resource(logicalId: string): StackResource {
    const path = `Resources.${logicalId}`;
    const resource = objectAt(this.#resources[logicalId], path);
    const stranger = Object.keys(resource).find((name) => !RESOURCE_ATTRIBUTES.has(name));
    if (stranger !== undefined) throw new Error(`${path}: the attribute ${stranger} is not modelled`);
    const properties = this.#evaluate(resource['Properties'] ?? {}, `${path}.Properties`);
    return {
      logicalId,
      type: String(resource['Type']),
      properties: objectAt(properties, `${path}.Properties`),
      identity: this.#identity(logicalId, path),
    };
  }

  #outputs(): Readonly<Record<string, string>> {
    const outputs: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#section('Outputs'))) {
      const path = `Outputs.${name}`;
      const output = objectAt(value, path);
      if (output['Condition'] !== undefined && !this.#condition(text(output['Condition'], path), path))
        continue;
      outputs[name] = String(this.#evaluate(output['Value'], `${path}.Value`));
    }
    return outputs;
  }

  #evaluate(value: unknown, path: string): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.#evaluate(item, `${path}[${index}]`));
      return items.filter((item) => item !== NO_VALUE);
    }
    if (typeof value === 'string') return this.#dynamic(value, path);
    if (typeof value !== 'object' || value === null) return value;
    const object = objectAt(value, path);
    const called = evaluateFunction(object, this.#scope, path);
    if (called !== undefined) return called.result;
    const entries = Object.entries(object)
      .map(([name, item]) => [name, this.#evaluate(item, `${path}.${name}`)] as const)
      .filter(([, item]) => item !== NO_VALUE);
    return Object.fromEntries(entries);
  }

  /** `{{resolve:ssm:/name}}` in a text. */
  #dynamic(source: string, path: string): string {
    return source.replaceAll(/\{\{resolve:([^}]*)\}\}/g, (whole, reference: string) => {
      const [service, name] = reference.split(':');
      const value = service === 'ssm' ? this.#request.ssmValue(name ?? '') : undefined;
      if (value === undefined) throw new Error(`${path}: cannot resolve ${whole}`);
      return value;
    });
  }

  #ref(name: string, path: string): unknown {
    const pseudo = this.#pseudo(name);
    if (pseudo !== undefined) return pseudo;
    if (name in this.#section('Parameters')) return this.#parameter(name);
    return this.#identity(name, path).ref;
  }

  /** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
  #pseudo(name: string): unknown {
    const { accountId, region, stackName } = this.#request;
    const values: Json = {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': partitionOf(region).id,
      'AWS::URLSuffix': dnsSuffixOf(region),
      'AWS::StackName': stackName,
      'AWS::StackId': formatArn(
        'cloudformation',
        region,
        accountId,
        `stack/${stackName}/00000000-0000-0000-0000-000000000000`,
      ),
      'AWS::NoValue': NO_VALUE,
    };
    return values[name];
  }

  #parameter(name: string): string | readonly string[] {
    const definition = objectAt(this.#section('Parameters')[name], `Parameters.${name}`);
    const type = String(definition['Type']);
    const given = this.#request.parameters?.[name] ?? definition['Default'];
    if (given === undefined) throw new Error(`Parameters.${name}: has no value`);
    const value = text(given, `Parameters.${name}`);
    if (type === SSM_VALUE) {
      const resolved = this.#request.ssmValue(value);
      if (resolved === undefined) throw new Error(`Parameters.${name}: there is no SSM parameter ${value}`);
      return resolved;
    }
    if (type === 'CommaDelimitedList' || type === 'List<String>')
      return value.split(',').map((item) => item.trim());
    if (type !== 'String' && type !== 'Number')
      throw new Error(`Parameters.${name}: the type ${type} is not modelled`);
    return value;
  }

  /** As CloudFormation does before it creates anything. */
  #assertParameters(): void {
    const definitions = this.#section('Parameters');
    const stranger = Object.keys(this.#request.parameters ?? {}).find((name) => !(name in definitions));
    if (stranger !== undefined) throw new Error(`Parameters: [${stranger}] do not exist in the template`);
    for (const [name, value] of Object.entries(definitions)) {
      const definition = objectAt(value, `Parameters.${name}`);
      const given = text(
        this.#request.parameters?.[name] ?? definition['Default'] ?? '',
        `Parameters.${name}`,
      );
      const { AllowedPattern: pattern, AllowedValues: allowed } = definition;
      if (typeof pattern === 'string' && !new RegExp(`^(?:${pattern})$`).test(given)) {
        throw new Error(`Parameters.${name}: '${given}' does not match ${pattern}`);
      }
      if (Array.isArray(allowed) && !allowed.map(String).includes(given)) {
        throw new Error(`Parameters.${name}: '${given}' is not one of ${allowed.join(', ')}`);
      }
      this.#parameter(name);
    }
  }

  #getAtt(logicalId: string, attribute: string, path: string): string {
    const value = this.#identity(logicalId, path).attributes[attribute];
    if (value === undefined)
      throw new Error(`${path}: the attribute ${attribute} of ${logicalId} is not modelled`);
    return value;
  }

  #isCreated(logicalId: string): boolean {
    const path = `Resources.${logicalId}`;
    const condition = objectAt(this.#resources[logicalId], path)['Condition'];
    return condition === undefined || this.#condition(text(condition, path), path);
  }

  #identity(logicalId: string, path: string): ResourceIdentity {
    const known = this.#identities.get(logicalId);
    if (known !== undefined) return known;
    if (!(logicalId in this.#resources) || !this.#isCreated(logicalId)) {
      throw new Error(`${path}: Unresolved resource dependencies [${logicalId}]`);
    }
    const { accountId, region, stackName } = this.#request;
    const at = `Resources.${logicalId}`;
    const resource = objectAt(this.#resources[logicalId], at);
    const properties = objectAt(resource['Properties'] ?? {}, `${at}.Properties`);
    const identity = this.#guarded(logicalId, path, () =>
      resourceIdentity({
        type: String(resource['Type']),
        logicalId,
        stackName,
        accountId,
        region,
        functionUrl: (arn) => this.#request.functionUrl?.(arn) ?? urlAddress(arn, undefined),
        property: (name) => {
          const value = this.#evaluate(properties[name], `${at}.Properties.${name}`);
          return value === NO_VALUE ? undefined : value;
        },
      }),
    );
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #condition(name: string, path: string): boolean {
    const known = this.#conditions.get(name);
    if (known !== undefined) return known;
    const definition = this.#section('Conditions')[name];
    if (definition === undefined) throw new Error(`${path}: there is no condition ${name}`);
    const value = this.#guarded(`condition ${name}`, path, () =>
      this.#evaluate(definition, `Conditions.${name}`),
    );
    if (typeof value !== 'boolean') throw new Error(`Conditions.${name}: not a condition`);
    this.#conditions.set(name, value);
    return value;
  }

  #mapping(map: string, first: string, second: string, path: string): unknown {
    const level = objectAt(this.#section('Mappings')[map], `Mappings.${map}`);
    const value = objectAt(level[first] ?? {}, `Mappings.${map}.${first}`)[second];
    if (value === undefined) throw new Error(`${path}: there is no ${map}.${first}.${second}`);
    return value;
  }

  #guarded<Result>(what: string, path: string, run: () => Result): Result {
    if (this.#pending.has(what)) throw new Error(`${path}: Circular dependency at ${what}`);
    this.#pending.add(what);
    try {
      return run();
    } finally {
      this.#pending.delete(what);
    }
  }

  #section(name: string): Json {
    return objectAt(this.#template[name] ?? {}, name);
  }
}

function objectAt(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${path}: ${JSON.stringify(value) ?? 'nothing'} is not an object`);
}
