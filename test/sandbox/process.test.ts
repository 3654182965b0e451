import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { CreateVpcPeeringConnectionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { clientConfig } from './support.ts';
import { untilCalled } from './until-called.ts';

/** A shell in which nothing of AWS would work. */
const HOSTILE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9/nobody/is/here',
  AWS_PROFILE: 'nobody',
  AWS_CONFIG_FILE: 'package.json',
  AWS_MAX_ATTEMPTS: 'many',
  AWS_RETRY_MODE: 'never',
  AWS_USE_FIPS_ENDPOINT: 'maybe',
  AWS_REGION: 'nowhere',
};

interface Running {
  readonly npm: ChildProcess;
  readonly url: string;
  /** Of the demo's VPCs web and services. */
  readonly vpcIds: readonly string[];
}

/** As people start it, a virtual minute in a second. */
async function start(): Promise<Running> {
  const hostile = Object.entries(HOSTILE).map(([name, value]) => `${name}=${value}`);
  const command = ['npm', 'run', '--silent', 'sandbox', '--', '--port', '0', '--speed', '60'];
  const npm = spawn('env', [...hostile, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of npm.stdout) {
    text += String(chunk);
    if (text.includes('Stop it with')) break;
  }
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
  return { npm, url, vpcIds: [...new Set(text.match(/vpc-[0-9a-f]{17}/g))] };
}

it('npm run sandbox connects whatever AWS_* its shell has, ends on SIGTERM, and frees its port', async () => {
  const { npm, url, vpcIds } = await start();
  try {
    const [VpcId, PeerVpcId] = vpcIds;
    const ec2 = new EC2Client(clientConfig(url, '111111111111'));
    const asked = { VpcId, PeerVpcId, PeerOwnerId: '222222222222' };
    await ec2.send(new CreateVpcPeeringConnectionCommand(asked));
    ec2.destroy();
    await untilCalled(url, 'AcceptVpcPeeringConnection');
  } finally {
    npm.kill('SIGTERM');
  }
  await once(npm, 'exit');
  await expect(fetch(`${url}/_autopeer/health`)).rejects.toThrow('fetch failed');
});
