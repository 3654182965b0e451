import { MANAGEMENT_ACCOUNT } from '../sim/organizations/organization.ts';
import { HUB_ACCOUNT } from '../sim/world/world.ts';
import type { Path, WorldFinding } from './world-fault.ts';

/**
 * What a schema cannot say: names that lead nowhere or are used twice. Works on the raw values, so that these faults
 * come together with those of the schema.
 */
export function checkReferences(file: unknown): readonly WorldFinding[] {
  const findings: WorldFinding[] = [];
  const units = new Names('unit', findings);
  const accounts = new Names('account', findings, [HUB_ACCOUNT, MANAGEMENT_ACCOUNT]);
  const vpcs = new Names('VPC', findings);
  for (const [path, unit] of items(file, 'units')) {
    // A parent stands before its children, so that the tree has no circles.
    units.refer(unit, 'parent', path);
    units.define(unit, 'id', path);
  }
  for (const [path, account] of items(file, 'accounts')) {
    accounts.define(account, 'id', path);
    units.refer(account, 'unit', path);
    for (const [vpcPath, vpc] of items(account, 'vpcs', path)) {
      vpcs.define(vpc, 'name', vpcPath);
      checkTables(vpc, vpcPath, findings);
    }
  }
  for (const [path, peering] of items(file, 'peerings')) {
    for (const side of ['requester', 'accepter']) vpcs.refer(peering, side, path);
  }
  return findings;
}

function checkTables(vpc: unknown, path: Path, findings: WorldFinding[]): void {
  const tables = new Names('route table', findings);
  for (const [tablePath, table] of items(vpc, 'routeTables', path)) tables.define(table, 'name', tablePath);
  for (const [subnetPath, subnet] of items(vpc, 'subnets', path)) {
    tables.refer(subnet, 'routeTable', subnetPath);
  }
}

/** The names of one kind that have been defined so far. */
class Names {
  readonly #kind: string;
  readonly #findings: WorldFinding[];
  readonly #reserved: ReadonlySet<string>;
  readonly #defined = new Set<string>();

  constructor(kind: string, findings: WorldFinding[], reserved: readonly string[] = []) {
    this.#kind = kind;
    this.#findings = findings;
    this.#reserved = new Set(reserved);
  }

  define(item: unknown, key: string, path: Path): void {
    const name = memberOf(item, key);
    if (typeof name !== 'string') return;
    const at = [...path, key];
    if (this.#reserved.has(name)) this.#report(at, `${this.#kind} ${name} is in every world: leave it out`);
    if (this.#defined.has(name)) this.#report(at, `${this.#kind} ${name} is there twice`);
    this.#defined.add(name);
  }

  refer(item: unknown, key: string, path: Path): void {
    const name = memberOf(item, key);
    if (typeof name !== 'string' || this.#defined.has(name)) return;
    this.#report([...path, key], `there is no ${this.#kind} ${name} before this`);
  }

  #report(path: Path, message: string): void {
    this.#findings.push({ path, message });
  }
}

function items(value: unknown, key: string, path: Path = []): readonly (readonly [Path, unknown])[] {
  const list = memberOf(value, key);
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown, index) => [[...path, key, index], item] as const);
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
