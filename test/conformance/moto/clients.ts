import { EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
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
  readonly #clients = new Map<string, Promise<EC2Client>>();

  constructor(url: string) {
    this.#url = url;
    this.#sts = new STSClient({ endpoint: url, region: 'us-east-1', credentials: MOTO_CREDENTIALS });
  }

  /** @param prepare is called once for each client */
  ec2(
    accountId: string,
    region: string,
    prepare: (client: EC2Client) => void = () => {},
  ): Promise<EC2Client> {
    const place = `${accountId}/${region}`;
    const known = this.#clients.get(place);
    if (known !== undefined) return known;
    const client = this.#assume(accountId, region);
    this.#clients.set(
      place,
      client.then((ready) => (prepare(ready), ready)),
    );
    return this.ec2(accountId, region);
  }

  async #assume(accountId: string, region: string): Promise<EC2Client> {
    const { Credentials } = await this.#sts.send(
      new AssumeRoleCommand({ RoleArn: peoplesRole(accountId), RoleSessionName: 'somebody' }),
    );
    const credentials = {
      accessKeyId: given(Credentials?.AccessKeyId),
      secretAccessKey: given(Credentials?.SecretAccessKey),
      sessionToken: given(Credentials?.SessionToken),
    };
    return new EC2Client({ endpoint: this.#url, region, credentials, maxAttempts: 1 });
  }
}

export const peoplesRole = (accountId: string): string => `arn:aws:iam::${accountId}:role/${PEOPLES_ROLE}`;
