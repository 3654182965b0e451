import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { eventSamples } from '../../../analysis/events/samples.ts';
import { eventJsonSchema, fileNameOf } from '../../../analysis/events/schemas.ts';
import { HUB_EVENT_TYPES, parseHubEvent, plainEvent } from '../../../shared/domain/words/hub-event.ts';
import { compilePattern } from '../../../sim/eventbridge/pattern/compile.ts';

const SAMPLES = eventSamples();
const readDoc = (name: string): unknown => JSON.parse(readFileSync(`docs/events/${name}`, 'utf8'));
/** By a reader that is none of ours. */
const accepts = (schema: object, value: unknown): boolean =>
  z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(schema)).safeParse(value).success;

it('each event that is sent has one sample', () => {
  expect(SAMPLES.map((sample) => sample['detail-type']).toSorted()).toEqual(HUB_EVENT_TYPES.toSorted());
});

describe.each(SAMPLES.map((sample) => [sample['detail-type'], sample] as const))('%s', (type, sample) => {
  it('has its schema and sample in docs/events: run `npm run schemas` when this fails', () => {
    expect(readDoc(`${fileNameOf(type)}.schema.json`)).toEqual(
      JSON.parse(JSON.stringify(eventJsonSchema(type))),
    );
    expect(readDoc(`${fileNameOf(type)}.sample.json`)).toEqual(sample);
  });

  it('has a sample that autopeer’s own reader takes, and would send as it is', () => {
    const event = parseHubEvent(sample);
    expect(plainEvent(event)).toEqual(event);
  });

  it('has a schema that takes the sample, and later fields, and nothing else', () => {
    const schema = eventJsonSchema(type);
    const detail = z.record(z.string(), z.unknown()).parse(sample['detail']);
    expect(accepts(schema, sample)).toBe(true);
    expect(accepts(schema, { ...sample, detail: { ...detail, later: 1 } })).toBe(true);
    expect(accepts(schema, { ...sample, source: 'aws.ec2' })).toBe(false);
    expect(accepts(schema, { ...sample, 'detail-type': 'Peering' })).toBe(false);
    expect(accepts(schema, { ...sample, detail: { ...detail, version: 2 } })).toBe(false);
    const { reason: _reason, ...rest } = detail;
    expect(accepts(schema, { ...sample, detail: rest })).toBe(false);
  });

  it('is on the page', () => {
    const page = readFileSync('docs/events.md', 'utf8');
    expect(page).toContain(`| \`${type}\``);
    expect(page).toContain(`(events/${fileNameOf(type)}.schema.json)`);
  });
});

it('docs/events has nothing of events that there are no more', () => {
  const names = SAMPLES.map((sample) => fileNameOf(sample['detail-type']));
  const files = names.flatMap((name) => [`${name}.sample.json`, `${name}.schema.json`]);
  expect(readdirSync('docs/events').toSorted()).toEqual(files.toSorted());
  expect(existsSync('docs/events.md')).toBe(true);
});

describe('the patterns of docs/events.md', () => {
  const patterns = Array.from(
    readFileSync('docs/events.md', 'utf8').matchAll(/```json\n([\s\S]*?)\n```/g),
    ([, json = '']) => z.record(z.string(), z.unknown()).parse(JSON.parse(json)),
  ).filter(({ source }) => Array.isArray(source));
  const taken = (pattern: unknown, samples: typeof SAMPLES = SAMPLES): readonly string[] => {
    const fits = compilePattern(pattern);
    return samples.filter(fits).map((sample) => sample['detail-type']);
  };

  it('take what the page says', () => {
    const [look, ofAccount, waits] = patterns;
    expect(patterns).toHaveLength(3);
    expect(taken(look)).toEqual([
      'Peering Unsanctioned',
      'Peering Unapproved',
      'Peering Failed',
      'Work Failed',
      'Access Missing',
    ]);
    expect(taken(ofAccount)).toHaveLength(11);
    expect(taken(waits)).toEqual([]);
    const named = SAMPLES.map((sample) => ({
      ...sample,
      detail: { ...Object(sample['detail']), rule: 'prod-to-shared' },
    }));
    expect(taken(waits, named)).toEqual(['Peering Held', 'Peering Expiring']);
  });

  it('take nothing that another account has sent', () => {
    const forged = SAMPLES.map((sample) => ({ ...sample, account: '111111111111' }));
    expect(patterns.flatMap((pattern) => taken(pattern, forged))).toEqual([]);
  });
});
