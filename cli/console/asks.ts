import { parsePeeringId, type PeeringId, type Region } from '../../shared/domain/facts/ids.ts';
import type { Decision, Question, Reach, Told } from '../../console/source.ts';
import { PROTOCOLS } from '../../analysis/reachability/packet.ts';
import type { Snapshot } from '../../analysis/snapshot/snapshot.ts';
import { approvals } from '../approvals/approvals.ts';
import { approve } from '../approvals/approve.ts';
import { pending } from '../approvals/pending.ts';
import { reject } from '../approvals/reject.ts';
import { healthSchema } from '../doctor/health-schema.ts';
import { sendCommand, type HubOptions, type HubPlatform } from '../hub-command.ts';
import type { Io } from '../io.ts';
import type { ReadPlatform } from '../member-reads.ts';
import { runList } from '../peerings/list.ts';
import { keyOf, showPeering } from '../peerings/show.ts';
import { compare } from '../policy/diff.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { runCheck } from '../reach/check.ts';
import { readLive } from '../snapshot/snapshot.ts';
import { captured } from './captured.ts';

/** The same as the options of `autopeer list`, `show` and `pending`. */
export interface Reading {
  readonly policy: string;
  readonly regions: readonly Region[] | undefined;
  readonly roleName: string;
  readonly ledger: string;
  readonly hub: Omit<HubOptions, 'json'>;
  /** How old the organization may be that is shown, in milliseconds: thousands of accounts take their time. */
  readonly maxAgeMs: number;
}

/** What is read for one question. */
export interface Asking {
  readonly io: Io;
  readonly platform: ReadPlatform & HubPlatform;
  /** As somebody else; only the sandbox can. */
  readonly platformOf: (name: string) => Promise<HubPlatform>;
  /** Texts in the place of files, as they are now. */
  readonly files: () => Readonly<Record<string, string>>;
}

/** What stands for the snapshot that is kept, and for the text in the page's editor. */
const SNAPSHOT = 'organization.json';
const EDITED = 'the policy in the editor';
/** The hub takes no more at once. */
const MAX_BLOCKED = 100;

/** Asks the commands. Each answer is the JSON that the command prints. */
export class Asks {
  readonly #reading: Reading;
  readonly #asking: Asking;
  #kept: { readonly at: number; readonly snapshot: Promise<Snapshot | string> } | undefined;

  constructor(reading: Reading, asking: Asking) {
    this.#reading = reading;
    this.#asking = asking;
  }

  async ask(question: Question): Promise<Told> {
    const { policy, roleName, ledger, hub } = this.#reading;
    const { platform } = this.#asking;
    const hubOptions = { ...hub, json: true };
    switch (question.kind) {
      case 'peerings':
        return this.#withSnapshot(question.isFresh, (io) =>
          runList({ policy, roleName, snapshot: SNAPSHOT, output: 'json' }, io, platform),
        );
      case 'organization':
        return this.#organization();
      case 'peering': {
        const { id, account, region } = question;
        const options = { policy, roleName, ledger, hubRegion: hub.hubRegion, output: 'json' } as const;
        return this.#captured(async (io) => {
          const key = keyOf(id, { account, region });
          return showPeering(key, options, io, platform);
        });
      }
      case 'health':
        return this.#health();
      case 'pending':
        return this.#captured((io) => pending(hubOptions, io, platform));
      case 'approvals':
        return this.#captured((io) => approvals(question.id, hubOptions, io, platform));
      case 'approve':
      case 'reject':
        return this.#answer(question);
      case 'check':
        return this.#check(question);
      case 'policy':
        return this.#policy();
      case 'policy-change':
        return this.#withSnapshot(
          false,
          (io) => compare({ before: policy, after: EDITED }, { org: SNAPSHOT, json: true, quiet: false }, io),
          { [EDITED]: question.text },
        );
    }
  }

  #captured(
    command: Parameters<typeof captured>[2],
    files: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    return captured(this.#asking.io, { ...this.#asking.files(), ...files }, command);
  }

  /** With the organization as it was read last, in the place of a snapshot's file. */
  async #withSnapshot(
    isFresh: boolean,
    command: Parameters<typeof captured>[2],
    files: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    const snapshot = await this.#snapshot(isFresh);
    if (typeof snapshot === 'string') return { kind: 'not-told', why: snapshot };
    return this.#captured(command, { [SNAPSHOT]: JSON.stringify(snapshot), ...files });
  }

  /** One that is read serves all who ask meanwhile. @returns words where it cannot be read */
  #snapshot(isFresh: boolean): Promise<Snapshot | string> {
    const now = this.#asking.io.now();
    const kept = this.#kept;
    if (kept !== undefined && !isFresh && now - kept.at <= this.#reading.maxAgeMs) return kept.snapshot;
    const snapshot = this.#readSnapshot();
    this.#kept = { at: now, snapshot };
    const forget = (): void => {
      if (this.#kept?.snapshot === snapshot) this.#kept = undefined;
    };
    // What could not be read is tried again, whoever asks next.
    snapshot.then((read) => typeof read === 'string' && forget()).catch(forget);
    return snapshot;
  }

  async #readSnapshot(): Promise<Snapshot | string> {
    const { policy, roleName } = this.#reading;
    const { platform } = this.#asking;
    const found: Snapshot[] = [];
    const told = await this.#captured(async (io) => {
      const regions = this.#reading.regions ?? (await readPolicy(policy, io))?.policy.regions;
      const read = regions && (await readLive({ roleName, network: false }, regions, io, platform));
      if (read !== undefined) found.push(read);
      return 0;
    });
    const [snapshot] = found;
    return snapshot ?? (told.kind === 'not-told' ? told.why : 'the organization cannot be read');
  }

  async #organization(): Promise<Told> {
    const snapshot = await this.#snapshot(false);
    if (typeof snapshot === 'string') return { kind: 'not-told', why: snapshot };
    const { accounts, vpcs } = snapshot;
    return { kind: 'told', json: JSON.stringify({ accounts, vpcs }), notes: [] };
  }

  /** Of the peerings that are not over, as many as the hub takes. */
  async #health(): Promise<Told> {
    const snapshot = await this.#snapshot(false);
    const peerings: readonly PeeringId[] =
      typeof snapshot === 'string' ? [] : snapshot.peerings.flatMap(({ id }) => parsePeeringId(id) ?? []);
    const input = { peerings: peerings.slice(0, MAX_BLOCKED) };
    const options = { ...this.#reading.hub, json: true };
    return this.#captured((io) =>
      sendCommand(
        { verb: 'health', input, result: healthSchema, text: () => '' },
        options,
        io,
        this.#asking.platform,
      ),
    );
  }

  async #answer({ kind, peering, fingerprint, reason, as }: Decision): Promise<Told> {
    const options = {
      ...this.#reading.hub,
      json: true,
      yes: false,
      fingerprint: fingerprint.slice('sha256:'.length),
      ...(reason === undefined ? {} : { reason }),
    };
    const platform = as === undefined ? this.#asking.platform : await this.#asking.platformOf(as);
    const send = kind === 'approve' ? approve : reject;
    const told = await this.#captured((io) => send(peering, options, io, platform, undefined));
    // The next look shows what came of it.
    this.#kept = undefined;
    return told;
  }

  #check({ from, to, protocol, port, account, region, toAccount, toRegion }: Reach): Promise<Told> {
    const { roleName } = this.#reading;
    const proto = PROTOCOLS.find((known) => known === protocol);
    if (proto === undefined)
      return Promise.resolve({ kind: 'not-told', why: `'${protocol}' is no protocol` });
    return this.#captured((io) =>
      runCheck(
        [from, to],
        {
          proto,
          ...(port === undefined ? {} : { port: Number(port) }),
          ...(account === undefined ? {} : { account }),
          ...(region === undefined ? {} : { region }),
          ...(toAccount === undefined ? {} : { toAccount }),
          ...(toRegion === undefined ? {} : { toRegion }),
          byName: false,
          roleName,
          output: 'json',
        },
        io,
        this.#asking.platform,
      ),
    );
  }

  #policy(): Promise<Told> {
    return this.#captured(async (io) => {
      const read = await readPolicy(this.#reading.policy, io);
      if (read === undefined) return 2;
      io.stdout.write(JSON.stringify({ file: this.#reading.policy, text: read.text }));
      return 0;
    });
  }
}
