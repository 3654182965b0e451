import { EC2 } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientCredentials } from '../../../sim/sts/credentials.ts';
import { given } from '../given.ts';

/** Whoever has no role of another account is in this one: moto's default. */
export const MOTO_ACCOUNT = '123456789012';
/** moto knows these keys for nobody's, hence for its default account's. Not a secret. */
export const MOTO_CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' };
/** What people act with in their accounts. moto asks for no role to exist. */
const PEOPLES_ROLE = 'people';

/**
 * EC2 clients of people in any account: moto takes the account from the role that was assumed.
 * @see https://docs.getmoto.org/en/latest/docs/multi_account.html
 */
export class MotoClients {
  readonly #url: string;
  readonly #sts: STSClient;
  readonly #sessions = new Map<string, Promise<Required<ClientCredentials>>>();
  readonly #clients = new Map<string, Promise<EC2>>();

  constructor(url: string) {
    this.#url = url;
    this.#sts = new STSClient({ endpoint: url, region: 'us-east-1', credentials: MOTO_CREDENTIALS });
  }

  /** @param prepare is called once for each client */
  ec2(accountId: string, region: string, prepare: (client: EC2) => void = () => {}): Promise<EC2> {
    const place = `${accountId}/${region}`;
    const known = this.#clients.get(place);
    if (known !== undefined) return known;
    const client = this.#connect(accountId, region);
    this.#clients.set(
      place,
      client.then((ready) => (prepare(ready), ready)),
    );
    return this.ec2(accountId, region);
  }

  async #connect(accountId: string, region: string): Promise<EC2> {
    // One session serves every region of the account.
    const session = this.#sessions.get(accountId) ?? this.#assume(accountId);
    this.#sessions.set(accountId, session);
    return new EC2({ endpoint: this.#url, region, credentials: await session, maxAttempts: 1 });
  }

  async #assume(accountId: string): Promise<Required<ClientCredentials>> {
    const { Credentials } = await this.#sts.send(
      new AssumeRoleCommand({ RoleArn: peoplesRole(accountId), RoleSessionName: 'somebody' }),
    );
    return {
      accessKeyId: given(Credentials?.AccessKeyId),
      secretAccessKey: given(Credentials?.SecretAccessKey),
      sessionToken: given(Credentials?.SessionToken),
    };
  }
}

export const peoplesRole = (accountId: string): string => `arn:aws:iam::${accountId}:role/${PEOPLES_ROLE}`;
