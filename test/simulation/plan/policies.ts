import type { Draw } from './draw.ts';
import { TIERS, VENDORS } from './landscape.ts';
import type { PlannedAccount } from './plan.ts';

const GROUPS = ['prod', 'dev', 'sandbox', 'tagged', 'narrow', 'first', 'vendor', 'wide', 'leased'] as const;
type Group = (typeof GROUPS)[number];

const INSIDE: readonly Group[] = ['prod', 'dev', 'sandbox', 'tagged', 'narrow', 'first', 'wide', 'leased'];

/** A policy file. JSON is YAML, so that nothing needs to be quoted with care. */
export function drawPolicy(
  draw: Draw,
  accounts: readonly PlannedAccount[],
  regions: readonly string[],
): string {
  const governed = draw.chance(0.9) ? regions : regions.slice(0, 1);
  const allow = Array.from({ length: draw.integer(1, 5) }, (_, index) => drawAllow(draw, index));
  const deny = Array.from({ length: draw.skewed(0, 3, 2) }, (_, index) => drawDeny(draw, index));
  const file = {
    version: 1,
    regions: governed,
    groups: groups(draw, accounts),
    defaults: {
      unmatched: draw.weighted({ hold: 6, reject: 2, ignore: 1 }),
      connect: drawConnect(draw),
      limits: drawLimits(draw),
    },
    // Nearly always there: a run in which nothing is ever allowed shows little.
    allow: draw.chance(0.85) ? [...allow, { name: 'within-prod', between: ['prod', 'prod'] }] : allow,
    deny,
    ...drawDryRun(draw, 0.03),
    guardrails: drawGuardrails(draw),
  };
  return JSON.stringify(file);
}

function groups(draw: Draw, accounts: readonly PlannedAccount[]): Readonly<Record<Group, object>> {
  return {
    prod: { ous: ['ou-ab12-prod0001'] },
    dev: { ous: ['ou-ab12-dev00001'] },
    sandbox: { ous: ['ou-ab12-sandbox1'] },
    tagged: {
      ous: ['ou-ab12-prod0001', 'ou-ab12-dev00001'],
      defaultVpc: false,
      tags: { tier: draw.pick(TIERS) },
    },
    narrow: { cidrs: [draw.pick(['10.0.0.0/14', '10.0.0.0/12', '10.0.0.0/9'])] },
    first: { accounts: accounts.slice(0, 2).map(({ id }) => id) },
    wide: { ous: ['ou-ab12-prod0001'], cidrs: ['0.0.0.0/0', '::/0'] },
    // Whose public space a rule names.
    leased: {
      ous: ['ou-ab12-prod0001', 'ou-ab12-dev00001'],
      cidrs: ['10.0.0.0/8', '140.82.112.0/20', '100.64.0.0/10', '2000::/3'],
    },
    vendor: { accounts: [...VENDORS], external: true, cidrs: ['10.0.0.0/8', '2000::/3'] },
  };
}

function drawAllow(draw: Draw, index: number): object {
  const isVendor = draw.chance(0.2);
  const ends = draw.chance(0.4)
    ? { between: [draw.pick(INSIDE), isVendor ? 'vendor' : draw.pick(INSIDE)] }
    : { requester: isVendor ? 'vendor' : draw.pick(INSIDE), accepter: draw.pick(INSIDE) };
  return {
    name: `allow-${index}`,
    ...ends,
    ...(draw.chance(0.25) ? { approval: 'required' } : {}),
    ...(draw.chance(0.3) ? { oneSided: true } : {}),
    ...drawDryRun(draw, 0.08),
    ...(draw.chance(0.3) ? { connect: drawConnect(draw) } : {}),
    ...(draw.chance(0.1) ? { limits: drawLimits(draw) } : {}),
  };
}

function drawDeny(draw: Draw, index: number): object {
  const one = draw.pick(['sandbox', 'dev', 'tagged', 'narrow', 'vendor'] as const);
  const dryRun = drawDryRun(draw, 0.1);
  return { name: `deny-${index}`, between: [one, draw.pick(INSIDE)], reason: 'PCI scope', ...dryRun };
}

function drawConnect(draw: Draw): object {
  const tables = draw.weighted({ associated: 6, main: 1, all: 2, tagged: 1 });
  return {
    dns: draw.chance(0.8),
    routes: {
      tables: tables === 'tagged' ? { tagged: { peered: 'yes' } } : tables,
      destinations: drawDestinations(draw),
      ...(draw.chance(0.15) ? { exclude: [draw.pick(['10.2.0.0/16', '10.101.0.0/16', '10.3.0.0/17'])] } : {}),
      ...(draw.chance(0.3) ? { ipv6: false } : {}),
      ...(draw.chance(0.4) ? { newCidrs: draw.pick(['safe', 'hold', 'hold', 'route']) } : {}),
    },
  };
}

function drawDestinations(draw: Draw): string | readonly string[] {
  const chosen = draw.weighted({ 'vpc-cidrs': 8, 'subnet-cidrs': 4, listed: 1 });
  return chosen === 'listed' ? ['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/17', '10.101.0.0/16'] : chosen;
}

function drawGuardrails(draw: Draw): object {
  return {
    unsanctioned: draw.weighted({ report: 5, quarantine: 4, delete: 2 }),
    unapproved: draw.weighted({ report: 3, quarantine: 1 }),
    ...(draw.chance(0.4) ? { atMost: draw.integer(1, 3) } : {}),
  };
}

function drawLimits(draw: Draw): object {
  if (draw.chance(0.7)) return {};
  return { peeringsPerVpc: draw.integer(1, 4), routesPerTable: draw.integer(1, 8) };
}

const drawDryRun = (draw: Draw, probability: number): object =>
  draw.chance(probability) ? { dryRun: true } : {};
