import type { VirtualClock } from '../clock.ts';
import { AwsError, type Call } from '../types.ts';
import { parameterArn, type StoredParameter } from './ssm-parameter.ts';

/** A parameter's versions, the latest one last. */
interface Versions {
  readonly accountId: string;
  readonly region: string;
  readonly all: StoredParameter[];
}

/** The oldest versions go: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html */
const KEPT_VERSIONS = 100;

/** Simulated SSM Parameter Store. */
export class SimulatedSsm {
  readonly #clock: VirtualClock;
  readonly #parameters = new Map<string, Versions>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Writes a parameter, as `PutParameter` with `Overwrite` does; gives its new version. */
  put(
    accountId: string,
    region: string,
    name: string,
    value: string,
    type: StoredParameter['type'] = 'String',
  ): number {
    const arn = parameterArn(accountId, region, name);
    const versions = this.#parameters.get(arn) ?? { accountId, region, all: [] };
    const version = (versions.all.at(-1)?.version ?? 0) + 1;
    versions.all.push({ name, type, value, version, modifiedAtMs: this.#clock.now() });
    if (versions.all.length > KEPT_VERSIONS) versions.all.shift();
    this.#parameters.set(arn, versions);
    return version;
  }

  /** The parameter's value, decrypted, or undefined when there is none. */
  value(accountId: string, region: string, name: string): string | undefined {
    return this.#parameters.get(parameterArn(accountId, region, name))?.all.at(-1)?.value;
  }

  /** The caller's parameter of this name; `name:3` is its third version. */
  find(call: Call, selector: string): StoredParameter | undefined {
    const [name, version] = splitSelector(selector);
    const all = this.#parameters.get(parameterArn(call.caller.accountId, call.region, name))?.all;
    if (version === undefined || all === undefined) return all?.at(-1);
    const found = all.find((stored) => String(stored.version) === version);
    if (found !== undefined) return found;
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
    );
  }

  /** The caller's parameters by name. */
  list(call: Call): StoredParameter[] {
    return [...this.#parameters.values()]
      .filter(({ accountId, region }) => accountId === call.caller.accountId && region === call.region)
      .flatMap(({ all }) => all.slice(-1))
      .toSorted((one, other) => Number(one.name > other.name) - Number(one.name < other.name));
  }

  /** @returns whether there was one */
  delete(call: Call, name: string): boolean {
    return this.#parameters.delete(parameterArn(call.caller.accountId, call.region, name));
  }
}

/** An ARN has colons of its own; a selector stands behind the last one of a name. */
function splitSelector(selector: string): [name: string, version?: string] {
  const name = selector.startsWith('arn:') ? selector.slice(selector.indexOf(':parameter') + 10) : selector;
  const [, base, version] = /^(.*?):(\d+)$/.exec(name) ?? [];
  return base === undefined || version === undefined ? [name] : [base, version];
}
