import { SimulatedAws, type SimulatedAwsOptions } from '../../../sim/aws.ts';

export const REGION = 'eu-west-1';
export const HUB = '999900001111';
export const MEMBER = '111122223333';
export const STRANGER = '444455556666';

export const newAws = (options: Partial<SimulatedAwsOptions> = {}): SimulatedAws =>
  new SimulatedAws({ seed: 1, ...options });

/** An SDK client's configuration for an account's administrator. */
export const as = (aws: SimulatedAws, accountId: string, region = REGION) => ({
  region,
  ...aws.client(accountId),
});

/** The error that the work ends with, in virtual time. */
export async function failureOf(
  aws: SimulatedAws,
  work: Promise<unknown>,
): Promise<{ name: string; message: string; httpStatus: number | undefined }> {
  try {
    await aws.clock.drive(work);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = Reflect.get(error, '$metadata');
    const status: unknown =
      typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
    return {
      name: error.name,
      message: error.message,
      httpStatus: typeof status === 'number' ? status : undefined,
    };
  }
  throw new Error('the work was expected to fail');
}
