import { freePort, start, stop, untilReady } from '../children.ts';

/** A running moto server. */
export interface MotoServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @see https://docs.getmoto.org/en/latest/docs/server_mode.html */
export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = start('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    // No machine is started here: reading thousands of images costs a second for each account and region.
    MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
  });
  await untilReady(child, `${url}/moto-api/`);
  return { url, stop: () => stop(child) };
}
