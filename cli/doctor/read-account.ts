import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { Known, RoleFacts } from '../../analysis/doctor/facts.ts';
import { call } from '../../shared/aws/calls.ts';
import { using, type Config } from './clients.ts';
import { knownIfThere } from './known.ts';

/** The query protocol's code, and the SDK's name of it. */
const GONE = ['NoSuchEntity', 'NoSuchEntityException'];

const documentSchema = z.object({
  Statement: z
    .union([z.unknown().array(), z.unknown()])
    .transform((given) => [given].flat())
    .pipe(
      z.array(
        z.object({
          Effect: z.string(),
          Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
        }),
      ),
    ),
});

/** A role by its name: whom it trusts, and what one of its own policies allows. */
export const readRole = (
  RoleName: string,
  PolicyName: string,
  config: Config,
): Promise<Known<RoleFacts | undefined>> =>
  knownIfThere(
    () =>
      using(new IAMClient(config), async (client) => {
        const { Role } = await call('GetRole', RoleName, () => client.send(new GetRoleCommand({ RoleName })));
        return {
          trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
          actions: await policyActions(client, RoleName, PolicyName),
        };
      }),
    GONE,
  );

/** A role without that policy may do nothing by it. */
async function policyActions(
  client: IAMClient,
  RoleName: string,
  PolicyName: string,
): Promise<readonly string[]> {
  const found = await knownIfThere(
    () =>
      call('GetRolePolicy', RoleName, () => client.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
    GONE,
  );
  if (found.kind === 'unknown' || found.value === undefined) return [];
  const text = decodeURIComponent(found.value.PolicyDocument ?? '{}');
  const document = documentSchema.safeParse(JSON.parse(text));
  return (document.data?.Statement ?? [])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action.map((action) => action.toLowerCase()));
}
