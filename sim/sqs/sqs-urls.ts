import { dnsSuffixOf, formatArn } from '../arn.ts';
import { AwsError, type Call } from '../types.ts';

export const queueUrl = (accountId: string, region: string, name: string): string =>
  `https://sqs.${region}.${dnsSuffixOf(region)}/${accountId}/${name}`;

/** SQS reads account and name from the URL's path; the region is that of the endpoint that was called. */
export function arnOfUrl(call: Call, url: string | undefined): string {
  const [, accountId, name] = /\/(\d{12})\/([^/]+)$/.exec(url ?? '') ?? [];
  if (accountId === undefined || name === undefined) {
    throw new AwsError('InvalidAddress', `The address ${url ?? ''} is not valid for this endpoint.`);
  }
  return formatArn('sqs', call.region, accountId, name);
}
