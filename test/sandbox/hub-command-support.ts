import type { HubPlatform } from '../../cli/hub-command.ts';
import type { Io } from '../../cli/io.ts';
import { HUB_ACCOUNT } from '../../sim/world/world.ts';
import { clientConfig, type TestSandbox } from './support.ts';
import { HERE } from '../support/run-cli.ts';

/** Runs a command of the command line against the sandbox, as an account's administrator, while time goes on. */
export async function runInSandbox(
  box: TestSandbox,
  command: (io: Io, platform: HubPlatform) => Promise<number>,
  accessKeyId = HUB_ACCOUNT,
) {
  let [stdout, stderr] = ['', ''];
  const io: Io = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: () => Promise.reject(new Error('no file is read')),
  };
  const { endpoint, credentials } = clientConfig(box.url, accessKeyId);
  const state = { isDone: false };
  const work = command(io, { transport: { endpoint, credentials }, fetch }).finally(() => {
    state.isDone = true;
  });
  while (!state.isDone) {
    await box.pass(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { exitCode: await work, stdout, stderr };
}
