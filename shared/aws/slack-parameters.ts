import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { call } from './calls.ts';

/** What people put into Parameter Store for Slack, by the names of their parameters. */
export interface SlackParameterNames {
  readonly webhook: string;
  readonly token: string;
  readonly channel: string;
}

/** Secrets among them: whoever reads them keeps them out of every error and every log. */
export async function readSlackParameters<Key extends string>(
  ssm: SSMClient,
  names: Readonly<Record<Key, string>>,
): Promise<Readonly<Partial<Record<Key, string>>>> {
  const Names = Object.values<string>(names);
  const command = new GetParametersCommand({ Names, WithDecryption: true });
  const { Parameters = [] } = await call('GetParameters', 'the hub', () => ssm.send(command));
  const values: Partial<Record<Key, string>> = {};
  for (const key in names) {
    const value = Parameters.find(({ Name }) => Name === names[key])?.Value?.trim();
    if (value !== undefined && value !== '') values[key] = value;
  }
  return values;
}
