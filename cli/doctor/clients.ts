import type { EC2ClientConfig } from '@aws-sdk/client-ec2';

/** The configuration of a client, as every client of the SDK takes it. */
export type Config = Pick<EC2ClientConfig, 'region' | 'credentials' | 'requestHandler' | 'maxAttempts'>;

/** Uses a client, and closes its connections. */
export async function using<Client extends { destroy(): void }, Result>(
  client: Client,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
