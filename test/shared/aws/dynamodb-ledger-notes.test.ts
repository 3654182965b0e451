import type { Memory } from '../../../shared/domain/memory/memory.ts';
import { NO_MEMORY } from '../../../shared/domain/memory/memory.ts';
import { cidr, prefixListId } from '../../support/ids.ts';
import { aPeering, aRoute, AT, startLedgerTable, type LedgerTable } from '../../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

const { accountId, region, routeTableId } = aRoute();
const CUT = { accountId, region, routeTableId, destination: cidr('10.2.0.0/16'), wasOurs: true, at: AT };
const LIST_CUT = { ...CUT, destination: prefixListId('pl-0123456789abcdef0'), wasOurs: false };
const MISSING = { accountId, region, routeTableId, destination: cidr('10.2.0.0/16'), since: AT };
const BLOCKED = { step: 'enable-dns#111111111111#eu-west-1#accepter', at: AT, problem: 'denied' };
const SUSPICION = { at: AT, reason: 'rule-denies', rule: 'never', policyVersion: 'sha256:1' };

describe('what is remembered besides claims', () => {
  it.each<[string, Partial<Memory>]>([
    ['consent', { consent: { requester: [cidr('10.1.0.0/16')], accepter: [cidr('2001:db8::/56')] } }],
    ['the first of two looks', { suspicion: SUSPICION }],
    ['routes that a guardrail took away, to a CIDR and to a prefix list', { cuts: [CUT, LIST_CUT] }],
    ['the DNS flags that are ours', { dns: ['requester', 'accepter'] }],
    ['a step that nobody lets autopeer do', { blocked: [BLOCKED] }],
    ['a wanted route that is left to others for a while', { missing: [MISSING] }],
    ['what was told of trial rules', { planned: 'connected|new|rule-allows|sha256:1' }],
  ])('%s', async (_name, notes) => {
    const id = aPeering();
    await table.ledger().write(id, notes);
    expect(await table.ledger().read(id)).toEqual({ ...NO_MEMORY, ...notes });
  });

  it('is forgotten item by item', async () => {
    const id = aPeering();
    const ledger = table.ledger();
    await ledger.write(id, {
      suspicion: SUSPICION,
      cuts: [CUT, LIST_CUT],
      dns: ['requester', 'accepter'],
      planned: 'held',
      missing: [MISSING],
    });
    await ledger.write(id, {
      suspicion: null,
      uncuts: [LIST_CUT],
      undns: ['accepter'],
      planned: null,
      unmissing: [MISSING],
    });
    expect(await ledger.read(id)).toEqual({ ...NO_MEMORY, cuts: [CUT], dns: ['requester'] });
  });

  it('a claim keeps when it was made', async () => {
    const id = aPeering();
    await table.ledger().write(id, { claims: [{ ...aRoute(), at: AT }] });
    expect((await table.ledger().read(id)).routes).toEqual([{ ...aRoute(), at: AT }]);
  });

  it('is named when it is broken, and never guessed', async () => {
    const id = aPeering();
    await table.store(id, 'consent', { requester: { L: [{ S: '10.1.0.0/8' }] }, accepter: { L: [] } });
    await expect(table.ledger().read(id)).rejects.toThrow(/peering#pcx-\w+, consent is broken/);
  });
});

describe('a release before or after this one', () => {
  /** All that releases before these notes read, strictly: what they do not know there is a broken ledger to them. */
  const STRICT = { from: 'route#', to: 'told' };

  it('an older one reads none of the new items', async () => {
    const id = aPeering();
    await table.ledger().write(id, {
      consent: { requester: [], accepter: [] },
      suspicion: SUSPICION,
      cuts: [CUT],
      dns: ['requester'],
      blocked: [BLOCKED],
      planned: 'held',
    });
    const keys = (await table.stored(id)).map((item) => item['sk']?.S ?? '');
    expect(keys).toHaveLength(6);
    expect(keys.filter((sk) => sk >= STRICT.from && sk <= STRICT.to)).toEqual([]);
    expect(keys.filter((sk) => sk.startsWith('history#'))).toEqual([]);
  });

  it('a later one’s notes are passed over', async () => {
    const id = aPeering();
    await table.store(id, 'approved#someone', { by: { S: 'a later release' } });
    await table.store(id, 'plroute#pl-1', { at: { N: '1' } });
    expect(await table.ledger().read(id)).toEqual(NO_MEMORY);
  });

  it('an unknown item among what every release reads strictly is still a broken ledger', async () => {
    const id = aPeering();
    await table.store(id, 'route#nonsense', {});
    await expect(table.ledger().read(id)).rejects.toThrow('is broken');
  });
});
