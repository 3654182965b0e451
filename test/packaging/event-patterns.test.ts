import { readFileSync } from 'node:fs';
import { parseEvent } from '../../shared/events/registry.ts';
import { parseTemplate } from '../../sim/cloudformation/cloudformation-parse.ts';
import { readPackagedTemplate } from '../../sim/world/packaged-template.ts';
import { aRecordedCall } from '../support/recorded-calls.ts';

/** "Event pattern size": https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_PATTERN_CHARS = 2048;

const member = parseTemplate(readFileSync('deploy/member.yaml', 'utf8'));
const hub = parseTemplate(readPackagedTemplate());

/** The patterns of a template's rules about EC2. */
function patternsIn(template: unknown): readonly unknown[] {
  const resources: readonly unknown[] = Object.values(Object(Reflect.get(Object(template), 'Resources')));
  return resources
    .filter((resource) => Reflect.get(Object(resource), 'Type') === 'AWS::Events::Rule')
    .map((rule): unknown => Reflect.get(Object(Reflect.get(Object(rule), 'Properties')), 'EventPattern'))
    .filter((pattern) => JSON.stringify(pattern ?? null).includes('aws.ec2'));
}

test('the member forwards what the hub listens to, and nothing else', () => {
  expect(patternsIn(hub)).toHaveLength(1);
  expect(patternsIn(member)).toEqual(patternsIn(hub));
});

test('the pattern is not longer than EventBridge takes', () => {
  for (const pattern of patternsIn(member)) {
    expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(MAX_PATTERN_CHARS);
  }
});

test('every call in the pattern is one that autopeer understands', () => {
  const [pattern] = patternsIn(member);
  const names = [...JSON.stringify(pattern).matchAll(/"([A-Z][a-z]+[A-Z][A-Za-z]+)"/g)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(25);
  for (const eventName of names) {
    const parsed = parseEvent(aRecordedCall({ eventName: eventName ?? '' }));
    expect({ eventName, isKnown: !('reason' in parsed) || parsed.reason !== 'unknown-event-name' }).toEqual({
      eventName,
      isKnown: true,
    });
  }
});
