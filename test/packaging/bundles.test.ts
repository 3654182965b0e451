import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { LoadHandler } from '../../sim/lambda/function.ts';
import type { CreateHandler } from '../../shared/platform.ts';
import { aPair, aWorld, expectConnected } from '../support/world.ts';

/** Node's own require: Jest's would transform and mock what is to be tested as it is shipped. */
const nodeRequire = createRequire(resolve('package.json'));

const loadBundle: LoadHandler = async (path) => {
  const bundle: unknown = nodeRequire(resolve(`.esbuild/.build/${path}.cjs`));
  if (!isHandlerModule(bundle)) throw new TypeError(`${path} exports no handler`);
  return bundle;
};

function isHandlerModule(bundle: unknown): bundle is { createHandler: CreateHandler } {
  return typeof bundle === 'object' && bundle !== null && 'handler' in bundle && 'createHandler' in bundle;
}

it('the packaged bundles connect a request and clean up after it, as the sources do', async () => {
  const world = aWorld({ loadHandler: loadBundle });
  const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
  await world.deletePeering(accepter, peeringId);
  await world.settle();
  expect(await world.routes(requester)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([]);
  expect(world.slack).toHaveLength(2);
});
