import type { SimulatedAws } from '../../../sim/aws.ts';
import type { Role } from '../plan/steps.ts';
import { memberAt, textAt } from './read.ts';

const OPTIONS: Readonly<Record<Role, string>> = {
  requester: 'RequesterPeeringConnectionOptions',
  accepter: 'AccepterPeeringConnectionOptions',
};

/** What a call says of a side's flag: on, off, or nothing. */
export const flagAsked = (input: unknown, role: Role): boolean | undefined => {
  const asked = memberAt(input, OPTIONS[role], 'AllowDnsResolutionFromRemoteVpc');
  return typeof asked === 'boolean' ? asked : undefined;
};

/** Who turned on each side's DNS flag: a person's is a person's to turn off. */
export class DnsFlags {
  /** Peering and side. */
  readonly #ours = new Set<string>();
  /** Those that autopeer has turned on at some time. */
  readonly #everOurs = new Set<string>();

  constructor(aws: SimulatedAws) {
    aws.watch({
      after: (call, input) => {
        if (call.action !== 'ModifyVpcPeeringConnectionOptions') return;
        for (const role of ['requester', 'accepter'] as const) {
          const asked = flagAsked(input, role);
          if (asked === undefined) continue;
          const key = `${textAt(input, 'VpcPeeringConnectionId')} ${role}`;
          const isOurs = asked && call.caller.roleArn !== undefined;
          if (isOurs) this.#everOurs.add(key);
          if (isOurs) this.#ours.add(key);
          else this.#ours.delete(key);
        }
      },
    });
  }

  isOurs(peeringId: string, role: Role): boolean {
    return this.#ours.has(`${peeringId} ${role}`);
  }

  /** Between two looks somebody may have turned it off and on again, which nobody can see. */
  wasEverOurs(peeringId: string, role: Role): boolean {
    return this.#everOurs.has(`${peeringId} ${role}`);
  }
}
