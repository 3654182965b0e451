import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvent } from '../../../shared/events/registry.ts';
import type { ParsedEvent } from '../../../shared/events/registry.ts';

const FOLDER = join(__dirname, '../../../events');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
const rows = [...readme.matchAll(/^\| `(\S+\.json)` +\|[^|]+\| (\w+) +\| `(.+)` +\|$/gm)].map((match) => ({
  file: match[1] ?? '',
  kind: match[2] ?? '',
  result: match[3] ?? '',
}));

const parseSample = (file: string): ParsedEvent =>
  parseEvent(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')));

function resultOf(parsed: ParsedEvent): string {
  switch (parsed.kind) {
    case 'key':
      return `${parsed.key.peeringId} in ${parsed.key.accountId} ${parsed.key.region}`;
    case 'place':
      return `every peering in ${parsed.place.accountId} ${parsed.place.region}`;
    case 'ignored':
    case 'malformed':
      return parsed.reason;
  }
}

test("the README's table lists each sample once, and nothing else", () => {
  expect(rows.map((row) => row.file).toSorted()).toEqual(files.toSorted());
});

test.each(rows)('$file comes to what the README says', ({ file, kind, result }) => {
  const parsed = parseSample(file);
  expect({ kind: parsed.kind, result: resultOf(parsed) }).toEqual({ kind, result });
});

test('the samples have all five peering actions', () => {
  const named = files.map(parseSample).flatMap((parsed) => (parsed.kind === 'key' ? [parsed.eventName] : []));
  expect([...new Set(named)].toSorted()).toEqual([
    'AcceptVpcPeeringConnection',
    'CreateVpcPeeringConnection',
    'DeleteVpcPeeringConnection',
    'ModifyVpcPeeringConnectionOptions',
    'RejectVpcPeeringConnection',
  ]);
});

test('each sample has an event id of its own', () => {
  const ids = files.map(parseSample).flatMap((parsed) => (parsed.kind === 'key' ? [parsed.eventId] : []));
  expect(new Set(ids).size).toBe(ids.length);
});
