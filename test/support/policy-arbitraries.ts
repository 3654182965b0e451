import fc from 'fast-check';
import { compilePolicy, type CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { modelOf } from '../../shared/domain/policy/language/model.ts';
import type {
  AllowRuleFile,
  DenyRuleFile,
  PolicyFile,
  SelectorFile,
  SideFile,
} from '../../shared/domain/policy/language/schema.ts';
import type { PolicyRequest, PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { account, cidr, ou, region, vpc } from './policy-builders.ts';

/**
 * Policies and requests over a world so small that rules and requests often meet. Cases are drawn by fast-check's
 * own generator, one byte for each choice: ten times as fast as a tree of arbitraries, and it still shrinks.
 */
export const WORLD = {
  accounts: ['000000000001', '100000000002', '100000000003', '100000000004'].map(account),
  ous: ['ou-ab12-aaaaaaaa', 'ou-ab12-bbbbbbbb', 'ou-ab12-cccccccc'].map(ou),
  regions: ['eu-west-1', 'us-east-1', 'ap-south-1'].map(region),
  vpcs: ['vpc-00000001', 'vpc-00000002', 'vpc-00000003'].map(vpc),
  tagKeys: ['tier', 'constructor'],
  tagValues: ['a', 'b'],
  cidrs: [
    '0.0.0.0/0',
    '10.0.0.0/8',
    '10.0.0.0/9',
    '10.128.0.0/9',
    '10.1.0.0/16',
    '10.1.128.0/17',
    '10.1.2.0/24',
    '172.16.0.0/12',
    '::/0',
    '2a05:d018::/32',
    '2a05:d018:1::/56',
  ].map(cidr),
  groups: ['g0', 'g1', 'g2', 'g3'],
} as const;

/** Choices, one after another; when they run out, the first alternative is taken each time. */
export class Choices {
  readonly #bytes: Uint8Array;
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  below(limit: number): number {
    const byte = this.#bytes[this.#next] ?? 0;
    this.#next += 1;
    return byte % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  one<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }

  some<Value>(values: readonly Value[], most: number): Value[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.one(values));
  }

  list<Value>(most: number, make: (index: number) => Value): Value[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }
}

/** Choices that make whatever `make` makes. */
export const drawn = <Value>(make: (choices: Choices) => Value): fc.Arbitrary<Value> =>
  bytesOf(320).map((bytes) => make(new Choices(bytes)));

/** Never too few of them: what is drawn last would always be the first alternative. */
const bytesOf = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: most / 2, maxLength: most, size: 'max' });

export const order: fc.Arbitrary<Choices> = bytesOf(200).map((bytes) => new Choices(bytes));

/** A selector that may refer to these groups. */
export function drawSelector(choices: Choices, groups: readonly string[]): SelectorFile {
  const fields: SelectorFile = {
    ...(choices.chance(30) && { accounts: choices.some(WORLD.accounts, 3) }),
    ...(choices.chance(30) && { ous: choices.some(WORLD.ous, 2) }),
    ...(choices.chance(20) && { external: choices.chance(60) }),
    ...(choices.chance(20) && { regions: choices.some(WORLD.regions, 2) }),
    ...(choices.chance(15) && { vpcs: choices.some(WORLD.vpcs, 2) }),
    ...(choices.chance(15) && { defaultVpc: choices.chance(50) }),
    ...(choices.chance(20) && { tags: drawTags(choices) }),
    ...(choices.chance(30) && { cidrs: choices.some(WORLD.cidrs, 6) }),
    ...(groups.length > 0 && choices.chance(30) && { groups: choices.some(groups, 2) }),
    ...(choices.chance(20) && { except: drawExcept(choices, groups) }),
  };
  return Object.keys(fields).length > 0 ? fields : { external: false };
}

/** A group, or a selector of one field: with more it would seldom leave anything out. */
function drawExcept(choices: Choices, groups: readonly string[]): NonNullable<SelectorFile['except']> {
  if (groups.length > 0 && choices.chance(40)) return choices.some(groups, 2);
  return choices.one<NonNullable<SelectorFile['except']>>([
    { vpcs: choices.some(WORLD.vpcs, 2) },
    { defaultVpc: choices.chance(50) },
    { tags: drawTags(choices) },
    { cidrs: choices.some(WORLD.cidrs, 3) },
    { accounts: choices.some(WORLD.accounts, 2) },
    { ous: choices.some(WORLD.ous, 1) },
  ]);
}

const drawTags = (choices: Choices): NonNullable<SelectorFile['tags']> =>
  Object.fromEntries(
    choices
      .some(WORLD.tagKeys, 2)
      .map((key) => [
        key,
        choices.chance(50) ? choices.one(WORLD.tagValues) : choices.some(WORLD.tagValues, 2),
      ]),
  );

export function drawSide(choices: Choices): SideFile {
  const names = ['any', ...WORLD.groups];
  if (choices.chance(45)) return choices.one(names);
  if (choices.chance(50)) return drawSelector(choices, WORLD.groups);
  return Array.from({ length: 1 + choices.below(3) }, () =>
    choices.chance(60) ? choices.one(names) : drawSelector(choices, WORLD.groups),
  );
}

const drawEnds = (choices: Choices) =>
  choices.chance(40)
    ? { between: [drawSide(choices), drawSide(choices)] satisfies [SideFile, SideFile] }
    : { requester: drawSide(choices), accepter: drawSide(choices) };

export const drawAllow = (choices: Choices, name: string): AllowRuleFile => ({
  name,
  ...drawEnds(choices),
  ...(choices.chance(30) && { approval: 'required' as const }),
  ...(choices.chance(30) && { connect: { dns: choices.chance(50) } }),
});

export const drawDeny = (choices: Choices, name: string): DenyRuleFile => ({
  name,
  ...drawEnds(choices),
  ...(choices.chance(30) && { reason: `reason of ${name}` }),
});

export function drawFile(choices: Choices): PolicyFile {
  return {
    version: 1,
    regions: choices.chance(30) ? [...WORLD.regions] : WORLD.regions.slice(0, 2),
    allow: Array.from({ length: 1 + choices.below(4) }, (_, index) => drawAllow(choices, `allow${index}`)),
    deny: choices.list(2, (index) => drawDeny(choices, `deny${index}`)),
    groups: Object.fromEntries(
      WORLD.groups.map((name, index) => [name, drawSelector(choices, WORLD.groups.slice(0, index))]),
    ),
    defaults: { unmatched: choices.one(['hold', 'reject', 'ignore']) },
  };
}

export const drawFacts = (choices: Choices): Pick<PolicySide, 'cidrs' | 'isDefaultVpc' | 'tags'> => ({
  cidrs: choices.chance(15) ? 'unknown' : choices.list(3, () => choices.one(WORLD.cidrs)),
  ...choices.one([{}, { isDefaultVpc: true }, { isDefaultVpc: false }]),
  tags: choices.chance(15)
    ? 'unknown'
    : Object.fromEntries(choices.list(2, () => [choices.one(WORLD.tagKeys), choices.one(WORLD.tagValues)])),
});

export const drawPolicySide = (choices: Choices): PolicySide => ({
  accountId: choices.one(WORLD.accounts),
  region: choices.one(WORLD.regions),
  vpcId: choices.one(WORLD.vpcs),
  membership: choices.chance(25)
    ? { kind: 'external' }
    : { kind: 'member', ous: choices.list(3, () => choices.one(WORLD.ous)) },
  ...drawFacts(choices),
});

export const drawRequest = (choices: Choices): PolicyRequest => ({
  requester: drawPolicySide(choices),
  accepter: drawPolicySide(choices),
});

export const compiled = (file: PolicyFile): CompiledPolicy => compilePolicy(modelOf(file), 0);
