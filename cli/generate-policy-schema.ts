/** Writes docs/policy.schema.json from the policy language's own schema. Run it after a change of the language. */
import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../shared/domain/policy/language/schema.ts';

const target = new URL('../docs/policy.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`);
