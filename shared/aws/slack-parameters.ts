import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { call } from './calls.ts';

/** What people put into Parameter Store for Slack, by the names of their parameters. */
export interface SlackParameterNames {
  readonly webhook: string;
  readonly token: string;
  readonly channel: string;
}

export type SlackParameters = { readonly [Key in keyof SlackParameterNames]: string | undefined };

/** Secrets among them: whoever reads them keeps them out of every error and every log. */
export async function readSlackParameters(
  ssm: SSMClient,
  names: SlackParameterNames,
): Promise<SlackParameters> {
  const Names = Object.values(names);
  const command = new GetParametersCommand({ Names, WithDecryption: true });
  const { Parameters = [] } = await call('GetParameters', 'the hub', () => ssm.send(command));
  const valueOf = (name: string): string | undefined => {
    const value = Parameters.find(({ Name }) => Name === name)?.Value?.trim();
    return value === '' ? undefined : value;
  };
  return { webhook: valueOf(names.webhook), token: valueOf(names.token), channel: valueOf(names.channel) };
}
