import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordToEvent } from '../../../shared/events/record.ts';
import { parseEvent } from '../../../shared/events/registry.ts';

// Records of real accounts, which lie beside the project and are no part of it.
const FOLDER = join(__dirname, '../../../shared/cloudtrail');
const present = existsSync(FOLDER);
const files = present ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];

interface Recorded {
  readonly file: string;
  readonly record: { readonly eventName?: unknown; readonly errorCode?: unknown };
}

function isRecord(value: unknown): value is Recorded['record'] {
  return typeof value === 'object' && value !== null;
}

const recorded: readonly Recorded[] = files.flatMap((file) => {
  const content: unknown = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  const records: unknown[] = Array.isArray(content) ? content : [content];
  return records.filter(isRecord).map((record) => ({ file, record }));
});

const PEERING_ACTIONS = ['CreateVpcPeeringConnection', 'DeleteVpcPeeringConnection'];
const isPeering = ({ record }: Recorded): boolean => PEERING_ACTIONS.includes(String(record.eventName));
const isFailed = ({ record }: Recorded): boolean => record.errorCode !== undefined;

const inFolder = present ? describe : describe.skip;
const title = present
  ? 'recorded CloudTrail records'
  : 'recorded CloudTrail records: skipped, ../shared/cloudtrail is not there';

inFolder(title, () => {
  test('the folder has peering calls, others and failed ones', () => {
    expect(recorded.filter(isPeering).length).toBeGreaterThanOrEqual(2);
    expect(recorded.some(isFailed)).toBe(true);
    expect(recorded.some((one) => !isPeering(one) && !isFailed(one))).toBe(true);
  });

  test('creating and deleting a peering give the key of that peering', () => {
    for (const { record } of recorded.filter((one) => isPeering(one) && !isFailed(one))) {
      expect(parseEvent(recordToEvent(record))).toMatchObject({
        kind: 'key',
        key: { peeringId: 'pcx-09cc395f56ffead9e', accountId: '999999999999', region: 'ap-northeast-1' },
        eventName: record.eventName,
      });
    }
  });

  test('failed calls are ignored as failed', () => {
    for (const { record } of recorded.filter(isFailed)) {
      expect(parseEvent(recordToEvent(record))).toMatchObject({ kind: 'ignored', reason: 'failed-call' });
    }
  });

  test('a change of routes and tables starts a look at its account and region; nothing is malformed', () => {
    const others = recorded.filter((one) => !isPeering(one) && !isFailed(one));
    const kinds = others.map(({ record }) => parseEvent(recordToEvent(record)).kind);
    expect(kinds).toContain('place');
    expect(kinds).not.toContain('malformed');
    expect(kinds).not.toContain('key');
  });
});
