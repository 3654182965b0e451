import { Agent, request } from 'node:http';

const HEADERS = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=100000000000/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0',
  'content-type': 'application/x-www-form-urlencoded',
};
const BODY = 'Action=DescribeVpcs&Version=2016-11-15';

/**
 * Asks for the VPCs of an account again and again, one request after the other on one connection, and reads each
 * answer to its end.
 *
 * @returns how long each request took, in milliseconds, and the length of the last answer
 */
export async function timeDescribeVpcs(
  url: string,
  times: number,
): Promise<{ readonly ms: readonly number[]; readonly bytes: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ms: number[] = [];
  let bytes = 0;
  for (let index = 0; index < times; index++) {
    const startedAtMs = performance.now();
    bytes = await describeVpcs(url, agent);
    ms.push(performance.now() - startedAtMs);
  }
  agent.destroy();
  return { ms, bytes };
}

/** Sends as many requests at once, each on a connection of its own; answers how many of them got their answer. */
export async function floodDescribeVpcs(url: string, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  const answers = await Promise.allSettled(Array.from({ length: count }, () => describeVpcs(url, agent)));
  return answers.filter(({ status }) => status === 'fulfilled').length;
}

/** The length of the answer; rejects unless it is 200. */
function describeVpcs(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers: HEADERS }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => (bytes += part.byteLength));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(bytes);
        else reject(new Error(`DescribeVpcs was answered ${response.statusCode}`));
      });
    });
    asked.once('error', reject);
    asked.end(BODY);
  });
}
