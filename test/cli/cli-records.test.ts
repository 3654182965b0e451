import { gzipSync } from 'node:zlib';
import { aRecord } from '../support/recorded-calls.ts';
import { runCli } from '../support/run-cli.ts';

const record = aRecord();
const text = JSON.stringify(record);
/** As LookupEvents answers it: a summary, and the record itself as a text. */
const looked = { EventId: 'e', EventName: 'CreateVpcPeeringConnection', CloudTrailEvent: text };

describe('autopeer parse reads a record', () => {
  it.each<[string, string | Uint8Array, number]>([
    ['of aws cloudtrail lookup-events', JSON.stringify({ Events: [looked, looked], NextToken: 'n' }), 2],
    ["of lookup-events --query 'Events[]'", JSON.stringify([looked]), 1],
    ["of lookup-events --query 'Events[].CloudTrailEvent'", JSON.stringify([text, text]), 2],
    ['a line', `${text}\n${text}\n\n`, 2],
    ['a line, with the line ends of Windows', `${text}\r\n${text}\r\n`, 2],
    ['of LookupEvents a line', `${JSON.stringify(looked)}\n${JSON.stringify(looked)}`, 2],
    ['a line, gzipped', gzipSync(`${text}\n${text}`), 2],
    ['behind a byte order mark', `\u{feff}${text}`, 1],
  ])('%s', async (_form, content, count) => {
    const { exitCode, stdout, stderr } = await runCli(['parse', '--json', '-'], { '-': content });

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ kind: 'key', file: '-' });
  });

  it('and says which line is no JSON', async () => {
    const { exitCode, stderr } = await runCli(['parse', 'a.jsonl'], { 'a.jsonl': `${text}\n\n{"half":` });

    expect(exitCode).toBe(2);
    expect(stderr).toBe('autopeer: a.jsonl: is neither JSON nor JSON lines: line 3 is no JSON\n');
  });

  it.each([
    ['no text', { Events: [{ CloudTrailEvent: 7 }] }],
    ['no JSON', { Events: [{ CloudTrailEvent: 'half' }] }],
  ])('and takes an event whose CloudTrailEvent is %s for malformed', async (_what, content) => {
    const { exitCode, stdout } = await runCli(['parse', 'a'], { a: JSON.stringify(content) });

    expect(exitCode).toBe(1);
    expect(stdout).toContain('malformed');
  });
});
