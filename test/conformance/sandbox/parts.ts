import { finish, start } from '../children.ts';
import type { Part } from '../part.ts';
import type { Tool } from '../tools.ts';
import { startSandbox } from './server.ts';

/** Longer than the slowest of them takes on a busy machine. */
const SCRIPT_WITHIN_MS = 300_000;

const FOLDER = 'test/conformance/sandbox';

/** The sandbox, and through it the whole of autopeer, judged by a client that somebody else wrote. */
export const boto3Part = sandboxPart('boto3', 'boto3', ['python3', `${FOLDER}/sandbox.py`]);
export const cliPart = sandboxPart('cli', 'aws', ['bash', `${FOLDER}/aws-cli.sh`]);

function sandboxPart(name: string, tool: Tool, [command, ...args]: readonly [string, ...string[]]): Part {
  return {
    name,
    needs: [tool],
    run: async ({ seed }, say) => {
      const sandbox = await startSandbox(seed);
      try {
        const script = start(command, args, { AWS_ENDPOINT_URL: sandbox.url });
        await finish(script, SCRIPT_WITHIN_MS);
        say(script.tail().trimEnd());
        const steps = script.tail().match(/✓/g)?.length ?? 0;
        if (steps === 0) throw new Error(`${args.join(' ')} did nothing`);
        return { checks: `${steps} steps`, notes: [] };
      } finally {
        await sandbox.stop();
      }
    },
  };
}
