/** Writes the JSON Schemas in docs from autopeer's own. Run it after a change of the policy language, of snapshots or of events. */
import { writeFileSync } from 'node:fs';
import { eventSamples } from '../analysis/events/samples.ts';
import { eventJsonSchema, fileNameOf } from '../analysis/events/schemas.ts';
import { snapshotJsonSchema } from '../analysis/snapshot/snapshot.ts';
import { policyJsonSchema } from '../shared/domain/policy/language/schema.ts';

const write = (name: string, schema: object): void =>
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), `${JSON.stringify(schema, undefined, 2)}\n`);

write('policy.schema.json', policyJsonSchema());
write('snapshot.schema.json', snapshotJsonSchema());
for (const sample of eventSamples()) {
  const name = `events/${fileNameOf(sample['detail-type'])}`;
  write(`${name}.schema.json`, eventJsonSchema(sample['detail-type']));
  write(`${name}.sample.json`, sample);
}
