import { check, bySymptom, type Question } from '../../../analysis/reachability/check.ts';
import { indexNetwork } from '../../../analysis/reachability/network-index.ts';
import { cidr, peeringId, region, vpcId } from '../../support/ids.ts';
import {
  aclEntry,
  anInterface,
  everybody,
  groupRule,
  idOf,
  PCX,
  route,
  twoVpcs,
} from '../../support/network-facts.ts';

const first = <Item>(items: readonly Item[]): Item => {
  const [item] = items;
  if (item === undefined) throw new Error('a test looks for what is not there');
  return item;
};

type Facts = ReturnType<typeof twoVpcs>;

const QUESTION: Question = {
  from: '10.1.0.10',
  to: '10.2.0.10',
  protocol: 'tcp',
  port: 443,
  family: undefined,
  replyPorts: undefined,
  isAskedByName: false,
};

function ask(facts: Facts, question: Partial<Question> = {}) {
  const answer = check({ ...QUESTION, ...question }, indexNetwork(facts.places));
  if (answer.kind === 'unclear') return { verdict: 'unclear', codes: [answer.reason], findings: [] };
  const { verdict, findings } = answer;
  const against = findings.filter((each) => each.verdict === 'no' || each.verdict === 'not-known');
  return { verdict, findings, codes: against.map(({ layer, code }) => `${layer} ${code}`) };
}

/** What stands in the way, after a change of the facts. */
function broken(change: (facts: Facts) => void, question: Partial<Question> = {}, regionOfB = 'eu-west-1') {
  const facts = twoVpcs(regionOfB);
  change(facts);
  return ask(facts, question);
}

const commandOf = ({ findings }: ReturnType<typeof ask>, code: string) =>
  findings.find((each) => each.code === code)?.mend?.command;

const table = (facts: Facts, side: 'a' | 'b') => first(facts[side].routeTables);
const eni = (facts: Facts, side: 'a' | 'b') => first(facts[side].interfaces);
const group = (facts: Facts, side: 'a' | 'b') => first(facts[side].securityGroups);
const acl = (facts: Facts, side: 'a' | 'b') => first(facts[side].networkAcls);

describe('what lies beside the way of the packet', () => {
  it('a private hosted zone: EC2 does not show whether it is associated (row 30)', () => {
    const { verdict, findings } = ask(twoVpcs());
    expect(verdict).toBe('yes');
    expect(findings.find(({ code }) => code === 'private-zones-not-seen')).toMatchObject({
      layer: 'names',
      verdict: 'note',
      symptom: 'wrong-address',
      mend: {
        owner: { accountId: '111111111111' },
        command: 'aws route53 list-hosted-zones-by-vpc --vpc-id vpc-0000000000000000a --vpc-region eu-west-1',
      },
    });
  });

  it('the resolver of the other VPC answers nobody outside it (row 31)', () => {
    const answer = ask(twoVpcs(), { to: '10.2.0.2', port: 53, protocol: 'udp' });
    expect(answer).toMatchObject({ verdict: 'no', codes: ['ends resolver-of-other-vpc'] });
    expect(answer.findings.find(({ code }) => code === 'resolver-of-other-vpc')?.text).toContain(
      '10.2.0.2 is the resolver of vpc-0000000000000000b',
    );
  });

  it('an interface with the address of a resolver is an interface', () => {
    const { verdict } = broken((facts) => (eni(facts, 'b').addresses = ['10.2.0.2']), { to: '10.2.0.2' });
    expect(verdict).toBe('yes');
  });

  it.each([
    ['the VPC itself', 51_200, 0, 'has at least 51200 network address units of 64000'],
    ['the VPC and its peer', 51_100, 51_300, 'and its peers have at least 102400 network address units'],
  ])('address units that are used up stop new interfaces: %s (row 34)', (_what, ofA, ofB, words) => {
    const { verdict, findings } = broken((facts) => {
      eni(facts, 'a').addresses.push(...Array.from({ length: Math.max(ofA - 1, 0) }, () => '10.1.9.9'));
      eni(facts, 'b').addresses.push(...Array.from({ length: Math.max(ofB - 1, 0) }, () => '10.2.9.9'));
    });
    expect(verdict).toBe('yes');
    const units = findings.filter(({ code }) => code === 'address-units');
    expect(units.map(({ text }) => text).join()).toContain(words);
  });

  it('address units of a peer in another region do not count', () => {
    const { findings } = broken(
      (facts) => {
        eni(facts, 'a').addresses.push(...Array.from({ length: 51_000 }, () => '10.1.9.9'));
        eni(facts, 'b').addresses.push(...Array.from({ length: 51_000 }, () => '10.2.9.9'));
      },
      {},
      'us-east-1',
    );
    expect(findings.filter(({ code }) => code === 'address-units')).toEqual([]);
  });
});

describe('a route to the peering for what the VPC behind it does not have', () => {
  it('is dropped by the peering, which knows only the CIDRs it joins (row 11)', () => {
    const { codes } = broken(
      (facts) => {
        const { a, b } = facts;
        // B's new CIDR is not part of the peering yet.
        first(b.vpcs).cidrs.push(cidr('10.3.0.0/16'));
        first(b.subnets).cidrs = [cidr('10.3.0.0/24')];
        eni(facts, 'b').addresses = ['10.3.0.10'];
        table(facts, 'a').routes.push(route('10.3.0.0/16', PCX));
        for (const { peerings } of [a, b])
          for (const each of peerings) each.accepter.cidrs = [cidr('10.2.0.0/16')];
      },
      { to: '10.3.0.10' },
    );
    expect(codes).toContain('route not-in-peer');
  });
});

describe('where all is there', () => {
  it('A reaches B, by every layer and in both directions', () => {
    const { verdict, findings } = ask(twoVpcs());
    expect(verdict).toBe('yes');
    expect(findings.filter((each) => each.verdict === 'yes').map(({ layer }) => layer)).toEqual([
      'peering',
      'group-out',
      'acl-out',
      'route',
      'acl-in',
      'group-in',
      'reply-acl-out',
      'reply-route',
      'reply-acl-in',
      'names',
    ]);
  });

  it.each(['eni-0000000000000000b', 'subnet-0000000000000000b', 'vpc-0000000000000000b', 'vpc b'])(
    'also asked about as %s',
    (to) => {
      expect(ask(twoVpcs(), { to }).verdict).toBe('yes');
    },
  );
});

describe('the peering', () => {
  it('is not there (row 1)', () => {
    const answer = broken(({ a, b }) => (a.peerings = b.peerings = []));
    expect(answer).toMatchObject({ verdict: 'no', codes: ['peering no-peering'] });
    expect(commandOf(answer, 'no-peering')).toBe(
      'aws ec2 create-vpc-peering-connection --vpc-id vpc-0000000000000000a --peer-vpc-id vpc-0000000000000000b --peer-owner-id 222222222222 --peer-region eu-west-1 --region eu-west-1',
    );
  });

  it('waits to be accepted (row 2)', () => {
    const answer = broken(({ a, b }) => {
      for (const { peerings } of [a, b]) for (const each of peerings) each.state = 'pending-acceptance';
    });
    expect(answer.codes).toContain('peering peering-pending');
    expect(commandOf(answer, 'peering-pending')).toContain('accept-vpc-peering-connection');
  });

  it('leads to a VPC that is peered with B, which does not help (row 3)', () => {
    const middle = vpcId('vpc-0000000000000000c');
    const { findings } = broken(({ a, b }) => {
      for (const { peerings } of [a, b]) for (const each of peerings) each.accepter.vpcId = middle;
      const other = { ...first(b.peerings), id: peeringId('pcx-00000000000000002') };
      b.peerings = [{ ...other, requester: { ...other.requester, vpcId: vpcId(idOf('vpc', 'b')) } }];
    });
    expect(findings.find(({ code }) => code === 'no-peering')?.text).toContain('not transitive');
  });

  it('was ended before, and made anew', () => {
    const { verdict } = broken(({ a, b }) => {
      for (const place of [a, b]) {
        const old = {
          ...first(place.peerings),
          id: peeringId('pcx-00000000000000009'),
          state: 'deleted' as const,
        };
        place.peerings = [old, ...place.peerings];
      }
    });
    expect(verdict).toBe('yes');
  });

  it('could not be read on either side: not known', () => {
    const answer = broken(({ a, b }) => {
      for (const each of [a, b]) {
        each.peerings = [];
        each.unread = [{ what: 'peerings', reason: 'denied' }];
      }
    });
    expect(answer).toMatchObject({ verdict: 'not-known', codes: ['peering peerings-unread'] });
  });
});

describe('the routes', () => {
  it('are missing there (row 5), with the command that mends it', () => {
    const answer = broken((facts) => table(facts, 'a').routes.pop());
    expect(answer.codes).toEqual(['route no-route']);
    expect(commandOf(answer, 'no-route')).toBe(
      `aws ec2 create-route --route-table-id rtb-0000000000000000a --destination-cidr-block 10.2.0.0/16 --vpc-peering-connection-id ${PCX} --region eu-west-1`,
    );
  });

  it('are missing on the way back (row 6)', () => {
    expect(broken((facts) => table(facts, 'b').routes.pop()).codes).toEqual(['reply-route no-route']);
  });

  it('are in another table than the subnet’s own (row 5): the seed’s story', () => {
    const answer = broken(({ a }) => {
      const own = { ...first(a.routeTables), id: 'rtb-0000000000000000f', isMain: false };
      a.routeTables.push({ ...own, subnetIds: [idOf('subnet', 'a')], routes: [first(own.routes)] });
    });
    expect(answer.codes).toEqual(['route no-route']);
    expect(answer.findings.find(({ code }) => code === 'no-route')?.text).toContain('rtb-0000000000000000f');
  });

  it.each([
    ['a more specific one', route('10.2.0.0/24', 'nat-1'), 'route more-specific-route'],
    ['one to a network that is not looked at', route('10.2.0.0/24', 'tgw-1'), 'route other-network'],
    ['another peering', route('10.2.0.0/24', 'pcx-00000000000000009'), 'route other-peering'],
    ['a blackhole', route('10.2.0.0/24', 'nat-1', { isActive: false }), 'route blackhole'],
    ['a prefix list that could not be read', route('pl-1', 'nat-1'), 'route prefix-list-unread'],
    ['an endpoint that is not known', route('10.2.0.0/24', 'vpce-1'), 'route middlebox-unknown'],
  ])('lead elsewhere: %s (rows 7 to 10)', (_, extra, code) => {
    expect(broken((facts) => table(facts, 'a').routes.push(extra)).codes).toEqual([code]);
  });

  it('are known by the longest prefix: a wider one elsewhere does no harm', () => {
    expect(broken((facts) => table(facts, 'a').routes.push(route('0.0.0.0/0', 'nat-1'))).verdict).toBe('yes');
  });

  it('of the same prefix: a static one before a propagated one (row 8)', () => {
    const propagated = route('10.2.0.0/16', 'vgw-1', { isPropagated: true });
    expect(broken((facts) => table(facts, 'a').routes.unshift(propagated)).verdict).toBe('yes');
  });

  it('of prefix lists with the same block: AWS picks (row 9)', () => {
    const answer = broken((facts) => {
      table(facts, 'a').routes = [route('10.1.0.0/16', 'local'), route('pl-1', PCX), route('pl-2', 'nat-1')];
      facts.a.prefixLists = ['pl-1', 'pl-2'].map((id) => ({ id, entries: [cidr('10.2.0.0/16')] }));
    });
    expect(answer).toMatchObject({ verdict: 'not-known', codes: ['route prefix-lists-overlap'] });
  });

  it('of a prefix list count with its longest entry', () => {
    const answer = broken((facts) => {
      table(facts, 'a').routes = [
        route('10.1.0.0/16', 'local'),
        route('10.2.0.0/20', 'nat-1'),
        route('pl-1', PCX),
      ];
      facts.a.prefixLists = [{ id: 'pl-1', entries: [cidr('10.2.0.0/16'), cidr('10.2.0.0/24')] }];
    });
    expect(answer.verdict).toBe('yes');
  });

  it('that a VPN announces take nothing from the local one', () => {
    const answer = broken(
      (facts) => {
        facts.a.subnets.push({ ...first(facts.a.subnets), id: 'subnet-2', cidrs: [cidr('10.1.1.0/24')] });
        acl(facts, 'a').subnetIds.push('subnet-2');
        facts.a.interfaces.push({
          ...eni(facts, 'a'),
          id: 'eni-2',
          subnetId: 'subnet-2',
          addresses: ['10.1.1.9'],
        });
        table(facts, 'a').routes.push(route('10.1.1.0/24', 'vgw-1', { isPropagated: true }));
      },
      { to: '10.1.1.9' },
    );
    expect(answer.verdict).toBe('yes');
  });

  it('cover another CIDR than the address (row 11)', () => {
    const answer = broken(
      (facts) => {
        first(facts.b.vpcs).cidrs.push(cidr('10.3.0.0/16'));
        first(facts.b.subnets).cidrs = [cidr('10.3.0.0/24')];
        for (const { peerings } of [facts.a, facts.b])
          first(peerings).accepter.cidrs.push(cidr('10.3.0.0/16'));
        eni(facts, 'b').addresses = ['10.3.0.10'];
      },
      { to: '10.3.0.10' },
    );
    expect(answer.codes).toEqual(['route no-route']);
    expect(commandOf(answer, 'no-route')).toContain('10.3.0.0/16');
  });

  it('keep an address of A’s own CIDR at home (row 12)', () => {
    const answer = broken(
      (facts) => {
        eni(facts, 'b').addresses = ['10.1.0.77'];
      },
      { to: 'eni-0000000000000000b' },
    );
    expect(answer.codes).toContain('route address-in-own-cidr');
  });

  it('are in tables that may not be read: not known (row 35)', () => {
    const answer = broken(({ a }) => {
      a.routeTables = [];
      a.unread = [{ what: 'route-tables', reason: 'denied' }];
    });
    expect(answer).toMatchObject({ verdict: 'not-known', codes: ['route table-unread'] });
  });

  it('of a part of a subnet lead elsewhere', () => {
    const extra = route('10.2.0.64/26', 'nat-1');
    const answer = broken((facts) => table(facts, 'a').routes.push(extra), { to: idOf('subnet', 'b') });
    expect(answer.codes).toEqual(['route more-specific-route']);
    expect(answer.findings.find(({ code }) => code === 'more-specific-route')?.text).toContain(
      '10.2.0.64/26',
    );
  });
});

describe('an appliance on the way', () => {
  const withAppliance = (sourceDestCheck: boolean) => (facts: Facts) => {
    const box = { ...anInterface('a', '10.1.9.9'), id: 'eni-box', subnetId: 'subnet-box', sourceDestCheck };
    facts.a.interfaces.push({ ...box, addresses: ['10.1.9.9'], publicAddresses: [], groupIds: [] });
    facts.a.subnets.push({ ...first(facts.a.subnets), id: 'subnet-box', cidrs: [cidr('10.1.9.0/24')] });
    acl(facts, 'a').subnetIds.push('subnet-box');
    const own = { ...table(facts, 'a'), id: 'rtb-own', isMain: false, subnetIds: [idOf('subnet', 'a')] };
    facts.a.routeTables.push({ ...own, routes: [route('10.2.0.0/16', 'eni-box')] });
  };

  it('drops what is not its own (row 24)', () => {
    const answer = broken(withAppliance(true));
    expect(answer.codes).toEqual(['route source-dest-check']);
    expect(commandOf(answer, 'source-dest-check')).toContain('--no-source-dest-check');
  });

  it('passes it on by its own subnet’s table, and is noted (row 26)', () => {
    const { verdict, findings } = broken(withAppliance(false));
    expect(verdict).toBe('yes');
    expect(findings.filter(({ code }) => code === 'middlebox')).toHaveLength(1);
  });

  it('hides A’s group from B’s rules (row 21)', () => {
    const answer = broken((facts) => {
      withAppliance(false)(facts);
      const peer = { kind: 'group' as const, id: idOf('sg', 'a'), peeringId: PCX, peeringState: 'active' };
      group(facts, 'b').rules = [groupRule(false, peer)];
    });
    expect(answer.codes).toEqual(['group-in group-denies']);
  });
});

describe('IPv6', () => {
  const six = (facts: Facts, side: 'a' | 'b', address: string) => {
    first(facts[side].subnets).cidrs.push(cidr(`2a05:d018:${side}::/64`));
    first(facts[side].vpcs).cidrs.push(cidr(`2a05:d018:${side}::/56`));
    eni(facts, side).addresses = [address];
    const shown = side === 'a' ? 'requester' : 'accepter';
    for (const place of [facts.a, facts.b])
      first(place.peerings)[shown].cidrs.push(cidr(`2a05:d018:${side}::/56`));
  };

  it('has its own routes and rules (row 14)', () => {
    const { codes } = broken(
      (facts) => {
        six(facts, 'a', '2a05:d018:a::10');
        six(facts, 'b', '2a05:d018:b::10');
      },
      { from: idOf('eni', 'a'), to: idOf('eni', 'b') },
    );
    expect(codes).toEqual([
      'group-out group-denies',
      'acl-out acl-denies',
      'route no-route',
      'acl-in acl-denies',
      'group-in group-denies',
      'reply-acl-out acl-denies',
      'reply-route no-route',
      'reply-acl-in acl-denies',
    ]);
  });

  it('has no word in common with IPv4 (row 15)', () => {
    const change = (facts: Facts) => six(facts, 'b', '2a05:d018:b::10');
    expect(broken(change, { to: idOf('eni', 'b') }).codes).toEqual(['ends no-common-family']);
  });
});

describe('security groups', () => {
  it('let nothing out (row 16)', () => {
    const answer = broken((facts) => (group(facts, 'a').rules = []));
    expect(answer.codes).toEqual(['group-out group-denies']);
    expect(commandOf(answer, 'group-denies')).toBe(
      "aws ec2 authorize-security-group-egress --group-id sg-0000000000000000a --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=10.2.0.10/32}]' --region eu-west-1",
    );
  });

  it('let in another port only (row 17)', () => {
    const rule = groupRule(false, everybody, { protocol: '6', fromPort: 80, toPort: 80 });
    expect(broken((facts) => (group(facts, 'b').rules = [rule])).codes).toEqual(['group-in group-denies']);
  });

  it('depend on the port, where nobody said which: not known', () => {
    const rule = groupRule(false, everybody, { protocol: '6', fromPort: 80, toPort: 80 });
    const answer = broken((facts) => (group(facts, 'b').rules = [rule]), { port: undefined });
    expect(answer).toMatchObject({ verdict: 'not-known', codes: ['group-in port-not-said'] });
  });

  const named = (peeringState: string) => (facts: Facts) => {
    const peer = { kind: 'group' as const, id: idOf('sg', 'a'), peeringId: PCX, peeringState };
    group(facts, 'b').rules = [groupRule(false, peer)];
  };

  it('name the peer’s group, of the same region (row 19)', () => {
    expect(broken(named('active')).verdict).toBe('yes');
  });

  it('name the peer’s group, of another region (row 18)', () => {
    const { codes, findings } = broken(named('active'), {}, 'us-east-1');
    expect(codes).toEqual(['group-in group-denies']);
    expect(findings.find(({ code }) => code === 'group-denies')?.text).toContain('name the CIDR');
  });

  it('name a group through a peering that has ended (row 20)', () => {
    const { codes, findings } = broken(named('deleted'));
    expect(codes).toEqual(['group-in group-denies']);
    expect(findings.find(({ code }) => code === 'group-denies')?.text).toContain('stale');
  });

  it('name a prefix list that could not be read: not known', () => {
    const rule = groupRule(false, { kind: 'prefix-list', id: 'pl-1' });
    expect(broken((facts) => (group(facts, 'b').rules = [rule])).codes).toEqual(['group-in peer-unread']);
  });

  it('are enough where two rules make up the whole', () => {
    const halves = ['10.1.0.0/25', '10.1.0.128/25'].map((text) =>
      groupRule(false, { kind: 'cidr', cidr: cidr(text) }),
    );
    const answer = broken((facts) => (group(facts, 'b').rules = halves), { from: idOf('subnet', 'a') });
    expect(answer.verdict).toBe('yes');
  });
});

describe('network ACLs', () => {
  const deny = (isEgress: boolean) => aclEntry(50, isEgress, false);

  it.each([
    ['a', true, ['acl-out acl-denies']],
    ['b', false, ['acl-in acl-denies']],
    ['b', true, ['reply-acl-out acl-denies']],
    ['a', false, ['reply-acl-in acl-denies']],
  ] as const)('deny by the lowest number, at %s, outwards %s (row 22)', (side, isEgress, codes) => {
    expect(broken((facts) => acl(facts, side).entries.push(deny(isEgress))).codes).toEqual(codes);
  });

  it('let the request in, and the answer’s ports not out (row 23)', () => {
    const only443 = { protocol: '6', fromPort: 443, toPort: 443 };
    const answer = broken(
      (facts) => (acl(facts, 'b').entries = [aclEntry(100, false, true), aclEntry(100, true, true, only443)]),
    );
    expect(answer.codes).toEqual(['reply-acl-out acl-denies']);
    expect(commandOf(answer, 'acl-denies')).toContain('--port-range From=1024,To=65535');
  });

  it('are asked about the ports of the asking host’s own system', () => {
    const windows = { protocol: '6', fromPort: 49_152, toPort: 65_535 };
    const change = (isWindows: boolean) => (facts: Facts) => {
      eni(facts, 'a').instanceId = 'i-1';
      facts.a.instances = [{ id: 'i-1', state: 'running', isWindows }];
      acl(facts, 'a').entries = [aclEntry(100, true, true), aclEntry(100, false, true, windows)];
    };
    expect(broken(change(true)).verdict).toBe('yes');
    expect(broken(change(false)).codes).toEqual(['reply-acl-in acl-denies']);
  });

  it('are not asked within a subnet', () => {
    const answer = broken(
      (facts) => {
        facts.a.interfaces.push({ ...eni(facts, 'a'), id: 'eni-2', addresses: ['10.1.0.11'] });
        acl(facts, 'a').entries = [];
      },
      { to: '10.1.0.11' },
    );
    expect(answer.verdict).toBe('yes');
  });

  it('may not be read: not known', () => {
    const answer = broken(({ b }) => {
      b.networkAcls = [];
      b.unread = [{ what: 'network-acls', reason: 'denied' }];
    });
    expect(answer.codes).toEqual(['acl-in acl-unread', 'reply-acl-out acl-unread']);
  });

  it('know ping as two types', () => {
    const echo = { protocol: '1', icmpType: 8, icmpCode: -1 };
    const change = (facts: Facts) =>
      (acl(facts, 'b').entries = [aclEntry(100, false, true, echo), aclEntry(100, true, true, echo)]);
    expect(broken(change, { protocol: 'icmp', port: undefined }).codes).toEqual(['reply-acl-out acl-denies']);
  });
});

describe('the ends', () => {
  it('no interface has the address (row 25)', () => {
    expect(ask(twoVpcs(), { to: '10.2.0.99' }).codes).toEqual(['ends no-interface-has-it']);
  });

  it('the address is behind the peer (row 4)', () => {
    expect(ask(twoVpcs(), { to: '192.0.2.1' })).toMatchObject({
      verdict: 'no',
      codes: ['ends address-outside'],
    });
  });

  it('the instance is stopped', () => {
    const { codes } = broken(
      (facts) => {
        eni(facts, 'b').instanceId = 'i-1';
        facts.b.instances = [{ id: 'i-1', name: 'db', state: 'stopped', isWindows: false }];
      },
      { to: 'db' },
    );
    expect(codes).toEqual(['ends instance-not-running']);
  });

  it('a name that two things have asks for the id', () => {
    const { codes } = broken(
      (facts) => {
        for (const side of ['a', 'b'] as const) eni(facts, side).name = 'web';
      },
      { to: 'web' },
    );
    expect(codes).toEqual(['web may be eni-0000000000000000a or eni-0000000000000000b: give the id']);
  });

  it('an address that several VPCs have is the peered one’s', () => {
    const { verdict } = broken((facts) => {
      const twin = { ...eni(facts, 'b'), id: 'eni-twin', vpcId: vpcId('vpc-0000000000000000d') };
      facts.b.interfaces.unshift(twin);
    });
    expect(verdict).toBe('yes');
  });

  it('nothing is called so', () => {
    expect(ask(twoVpcs(), { to: 'nobody' }).verdict).toBe('unclear');
  });
});

describe('names, encryption, MTU', () => {
  const dnsOff = (facts: Facts) => {
    for (const place of [facts.a, facts.b]) first(place.peerings).accepter.dnsFromRemote = false;
  };

  it('the DNS option is off (row 27): a note, unless B is asked by name', () => {
    expect(broken(dnsOff).verdict).toBe('yes');
    const answer = broken(dnsOff, { isAskedByName: true });
    expect(answer.codes).toEqual(['names dns-off']);
    expect(commandOf(answer, 'dns-off')).toContain('--accepter-peering-connection-options');
  });

  it('DNS hostnames are off (row 28)', () => {
    const answer = broken(({ a }) => (first(a.vpcs).dnsHostnames = false), { isAskedByName: true });
    expect(answer.codes).toEqual(['names dns-attribute-off']);
  });

  it('encryption is enforced (row 33)', () => {
    expect(broken(({ b }) => (first(b.vpcs).encryption = 'enforced')).codes).toEqual([
      'encryption encryption-enforced',
    ]);
  });

  it('a symptom puts what explains it first', () => {
    const { findings } = broken((facts) => {
      facts.b.region = region('us-east-1');
    });
    expect(bySymptom(findings, 'hangs')[0]?.text).toContain('8,500');
    expect(bySymptom(findings, 'refused')[0]?.layer).toBe('host');
  });
});
