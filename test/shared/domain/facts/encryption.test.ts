import { encryptionFinding } from '../../../../shared/domain/connection/encrypted.ts';
import { encryptionOf, type Encryption } from '../../../../shared/domain/facts/encryption.ts';
import { region } from '../../../support/ids.ts';
import { ACCEPTER, aRequester, anAccepter, anOpenPeering } from '../../../support/observed.ts';

describe('what a control says', () => {
  const enforcing = { Mode: 'enforce', State: 'available' };
  const excluding = (State: string) => ({ ...enforcing, ResourceExclusions: { VpcPeering: { State } } });

  it.each([
    ['no control', undefined, 'none'],
    ['monitor', { Mode: 'monitor', State: 'available' }, 'none'],
    ['enforce', enforcing, 'enforced'],
    ['enforce, on its way', { ...enforcing, State: 'enforce-in-progress' }, 'enforced'],
    ['enforce, which failed', { ...enforcing, State: 'enforce-failed' }, 'none'],
    ['enforce, on its way out', { ...enforcing, State: 'deleting' }, 'none'],
    ['an exclusion of peerings', excluding('enabled'), 'excluded'],
    ['an exclusion on its way', excluding('enabling'), 'excluded'],
    ['an exclusion that is taken back', excluding('disabling'), 'enforced'],
    ['no exclusion', excluding('disabled'), 'enforced'],
  ] as const)('%s', (_name, control, expected) => {
    expect(encryptionOf(control)).toBe(expected);
  });
});

describe('two VPCs', () => {
  const finding = (requester: Encryption, accepter: Encryption) =>
    encryptionFinding(
      anOpenPeering({
        state: 'pending-acceptance',
        requester: aRequester({ encryption: requester }),
        accepter: anAccepter({ encryption: accepter }),
      }),
    );

  it.each([
    ['none', 'none', 0, 0],
    ['enforced', 'enforced', 0, 0],
    ['excluded', 'none', 0, 0],
    ['enforced', 'none', 1, 0],
    ['none', 'enforced', 1, 0],
    ['enforced', 'excluded', 1, 0],
    // What is not known holds nothing, and is said.
    ['enforced', 'not-known', 0, 2],
    ['none', 'not-known', 0, 1],
  ] as const)('%s and %s', (requester, accepter, obstacles, unknown) => {
    const found = finding(requester, accepter);
    expect([found.obstacles.length, found.unknown.length]).toEqual([obstacles, unknown]);
  });

  it('of two regions never go together where one of them enforces it', () => {
    const far = { ...ACCEPTER, region: region('us-east-1') };
    const accepter = anAccepter({ encryption: 'enforced', location: far });
    const requester = aRequester({ encryption: 'enforced' });
    const { obstacles } = encryptionFinding(
      anOpenPeering({ state: 'pending-acceptance', requester, accepter }),
    );
    expect(obstacles).toHaveLength(2);
    expect(obstacles[0]).toContain('us-east-1');
  });

  it('of which the other is somebody else’s: not known', () => {
    const { location } = anAccepter();
    const accepter = {
      kind: 'outside',
      location,
      membership: { kind: 'external' },
      why: 'external-account',
      cidrs: [],
    } as const;
    const requester = aRequester({ encryption: 'enforced' });
    const found = encryptionFinding(anOpenPeering({ state: 'pending-acceptance', requester, accepter }));
    expect([found.obstacles.length, found.unknown.length]).toEqual([0, 1]);
  });
});
