import { NO_MEMORY, type Consent, type Memory } from '../../../../shared/domain/memory/memory.ts';
import type { GovernedSide } from '../../../../shared/domain/facts/observed.ts';
import { plan } from '../../../../shared/domain/connection/plan.ts';
import { judge } from '../../../../shared/domain/connection/judge.ts';
import type { Route } from '../../../../shared/domain/facts/vpc.ts';
import { cidr } from '../../../support/ids.ts';
import { anAccepter, anOpenPeering, aRequester, aRoute, aTable, HERE } from '../../../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../../../support/policy-text.ts';

/** The CIDR of each side that was there at the accept. */
const CONSENT: Consent = { requester: [cidr('10.1.0.0/16')], accepter: [cidr('10.2.0.0/16')] };
const REMEMBERED: Memory = { ...NO_MEMORY, consent: CONSENT };

const withRule = (more: string): string =>
  APPS_TO_SHARED.replace('accepter: shared }', `accepter: shared, ${more} }`);
const bounding = (cidrs: string): string =>
  APPS_TO_SHARED.replace(
    'shared: { ous: [ou-ab12-shared01] }',
    `shared: { ous: [ou-ab12-shared01], cidrs: ${cidrs} }`,
  );

/** The requester's one table, with its routes. */
const requesterWith = (...routes: Route[]): GovernedSide =>
  aRequester({ tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes })] });

function look(
  late: readonly string[],
  {
    policy = APPS_TO_SHARED,
    memory = REMEMBERED,
    routes = [aRoute('10.2.0.0/16', HERE)],
  }: {
    policy?: string;
    memory?: Memory;
    routes?: Route[];
  } = {},
) {
  const accepter = anAccepter({ cidrs: ['10.2.0.0/16', ...late] });
  const observed = anOpenPeering({ requester: requesterWith(...routes), accepter });
  const verdict = judge(observed, policyOf(policy), 0, memory);
  const written = plan(observed, verdict, memory)
    .stages.flat()
    .flatMap((step) =>
      step.kind === 'create-route' && step.routeTableId === 'rtb-11111111' ? [step.destination] : [],
    );
  return { verdict, written, problems: verdict.kind === 'connect' ? verdict.problems : ['not connected'] };
}

describe('a CIDR that a VPC gets after the accept', () => {
  it('is routed where it is private and takes nobody’s traffic', () => {
    expect(look(['10.50.0.0/16'])).toMatchObject({ written: ['10.50.0.0/16'], problems: [] });
  });

  it.each([
    ['within a route to a transit gateway', '10.50.0.0/16', aRoute('10.0.0.0/8')],
    ['within a default route to a transit gateway', '10.50.0.0/16', aRoute('0.0.0.0/0')],
    ['of containers, within such a route', '100.64.0.0/16', aRoute('100.64.0.0/10')],
  ])('%s is told and not routed, and the old ones stay', (_name, late, wider) => {
    const found = look([late], { routes: [aRoute('10.2.0.0/16', HERE), wider] });
    expect(found.verdict.kind).toBe('connect');
    expect(found.written).toEqual([]);
    expect(found.problems).toEqual([
      expect.stringContaining(`${late}, which vpc-22222222 got after the accept`),
    ]);
  });

  it('is routed beside a default route to the internet', () => {
    const routes = [aRoute('10.2.0.0/16', HERE), aRoute('0.0.0.0/0', { kind: 'other', id: 'nat-1' })];
    expect(look(['10.50.0.0/16'], { routes }).written).toEqual(['10.50.0.0/16']);
  });

  it('that is public space is not routed', () => {
    const found = look(['140.82.112.0/20']);
    expect(found.written).toEqual([]);
    expect(found.problems).toEqual([expect.stringContaining('it is public space')]);
  });

  it('takes nobody’s traffic where the rule names it beside every address', () => {
    const routes = [aRoute('10.2.0.0/16', HERE), aRoute('10.0.0.0/8')];
    const policy = bounding('[0.0.0.0/0, 10.50.0.0/16]');
    expect(look(['10.50.0.0/16'], { policy, routes }).written).toEqual([]);
  });

  it('that is public space is routed where the rule names it beside every address', () => {
    const policy = bounding('[0.0.0.0/0, 140.82.112.0/20]');
    expect(look(['140.82.112.0/20'], { policy }).written).toEqual(['140.82.112.0/20']);
  });

  it('that the rule’s cidrs name is routed, whatever it takes, for its author has judged it', () => {
    const routes = [aRoute('10.2.0.0/16', HERE), aRoute('10.0.0.0/8')];
    const found = look(['10.50.0.0/16'], { policy: bounding('[10.2.0.0/16, 10.50.0.0/16]'), routes });
    expect(found.written).toEqual(['10.50.0.0/16']);
  });

  it('outside of the rule’s cidrs never cuts the others, and is not routed', () => {
    const found = look(['100.64.0.0/16'], { policy: bounding('[10.0.0.0/8]') });
    expect(found.verdict.kind).toBe('connect');
    expect(found.written).toEqual([]);
    expect(found.problems).toEqual([expect.stringContaining('only within 10.0.0.0/8')]);
  });

  it('that a deny rule stops is not routed, and costs the peering nothing', () => {
    const policy = `${APPS_TO_SHARED}  - { name: no-lab, between: [apps, { cidrs: [10.50.0.0/16] }] }\n`;
    const found = look(['10.50.0.0/16'], { policy });
    expect(found.verdict.kind).toBe('connect');
    expect(found.written).toEqual([]);
    expect(found.problems).toEqual([expect.stringContaining('deny rule no-lab stops it')]);
  });

  it('newCidrs: hold leaves it to a person', () => {
    const found = look(['10.50.0.0/16'], { policy: withRule('connect: { routes: { newCidrs: hold } }') });
    expect(found.written).toEqual([]);
    expect(found.problems).toEqual([expect.stringContaining('newCidrs: hold')]);
  });

  it('newCidrs: route routes whatever it is', () => {
    const policy = withRule('connect: { routes: { newCidrs: route } }');
    const routes = [aRoute('10.2.0.0/16', HERE), aRoute('10.0.0.0/8')];
    expect(look(['10.50.0.0/16', '140.82.112.0/20'], { policy, routes }).written).toEqual([
      '10.50.0.0/16',
      '140.82.112.0/20',
    ]);
  });

  it('that the rule’s cidrs name counts as judged once it is routed, whatever becomes of the rule', () => {
    const { verdict } = look(['10.50.0.0/16'], { policy: bounding('[10.2.0.0/16, 10.50.0.0/16]') });
    expect(verdict).toMatchObject({ consent: { accepter: ['10.2.0.0/16', '10.50.0.0/16'] } });
  });

  it('does not cut a peering whose CIDRs nobody remembers, but the rule names', () => {
    const policy = bounding('[10.2.0.0/16]');
    const { verdict } = look([], { policy, memory: NO_MEMORY, routes: [] });
    expect(verdict).toMatchObject({ consent: { accepter: ['10.2.0.0/16'] } });
  });

  it('that the rule leaves out is neither routed nor told', () => {
    const policy = withRule('connect: { routes: { exclude: [100.64.0.0/10], newCidrs: hold } }');
    expect(look(['100.64.0.0/16'], { policy })).toMatchObject({ written: [], problems: [] });
  });

  it('counts as judged once it is routed', () => {
    expect(look(['10.50.0.0/16']).verdict).toMatchObject({
      consent: { accepter: ['10.2.0.0/16', '10.50.0.0/16'] },
    });
    expect(look(['140.82.112.0/20']).verdict).toMatchObject({ consent: { accepter: ['10.2.0.0/16'] } });
  });
});

describe('where no consent is remembered', () => {
  it('what the other side routes already is consented, whatever else its tables route', () => {
    const routes = [aRoute('10.2.0.0/16', HERE), aRoute('10.0.0.0/8')];
    const found = look(['10.50.0.0/16'], { memory: NO_MEMORY, routes });
    expect(found.problems).toEqual([expect.stringContaining('10.50.0.0/16')]);
    expect(found.verdict).toMatchObject({ consent: { accepter: ['10.2.0.0/16'] } });
  });

  it('all others came later: public space is not routed', () => {
    const found = look(['140.82.112.0/20'], { memory: NO_MEMORY, routes: [] });
    expect(found.written).toEqual(['10.2.0.0/16']);
  });

  it('a hand-written route to a part of a CIDR stands for the whole of it', () => {
    const found = look([], { memory: NO_MEMORY, routes: [aRoute('10.2.3.0/24', HERE)] });
    expect(found.verdict).toMatchObject({ kind: 'connect', consent: { accepter: ['10.2.0.0/16'] } });
  });
});

it('a request is judged whole: its consent is every CIDR of both sides', () => {
  const accepter = anAccepter({ cidrs: ['10.2.0.0/16', '10.9.0.0/16'] });
  const observed = anOpenPeering({ state: 'pending-acceptance', accepter });
  expect(judge(observed, policyOf(APPS_TO_SHARED), 0)).toMatchObject({
    kind: 'connect',
    consent: { requester: ['10.1.0.0/16'], accepter: ['10.2.0.0/16', '10.9.0.0/16'] },
  });
});
