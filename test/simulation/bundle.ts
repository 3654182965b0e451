import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Inside the project, so that what is not bundled is found from there; what is in it may be deleted at any time. */
const FOLDER = 'node_modules/.cache/autopeer-simulation';

/** A text of a source that another one takes the place of. */
export interface Replacement {
  /** From the project's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Most of a cold start is reading the policy file. Reading it is pure, and a process makes thousands of runs with
 * many cold starts each: here each text is read once.
 */
const READ_POLICIES_ONCE: Replacement = {
  file: 'shared/domain/policy/language/load.ts',
  from: 'export function loadPolicy(text: string): LoadedPolicy {',
  to: `const loaded = new Map<string, LoadedPolicy>();
export function loadPolicy(text: string): LoadedPolicy {
  const known = loaded.get(text) ?? loadPolicyAnew(text);
  if (loaded.size > 100) loaded.clear();
  loaded.set(text, known);
  return known;
}
function loadPolicyAnew(text: string): LoadedPolicy {`,
};

const CORE = 'node_modules/@smithy/core/dist-es/submodules';

/**
 * For each call the SDK's middleware copies the client's whole configuration three times, and V8 keeps an object of its 45
 * settings, put together piece by piece, as a dictionary, of which a copy takes 7 µs. An object that inherits from it says
 * the same.
 */
const INHERIT_CONFIGURATION: readonly Replacement[] = [
  {
    file: `${CORE}/schema/middleware/schemaDeserializationMiddleware.js`,
    from: '{\n            ...config,\n            ...context,\n        }',
    to: 'Object.assign(Object.create(config), context)',
  },
  {
    file: `${CORE}/schema/middleware/schemaSerializationMiddleware.js`,
    from: '{\n        ...config,\n        ...context,\n        endpoint,\n    }',
    to: 'Object.assign(Object.create(config), context, { endpoint })',
  },
  {
    file: `${CORE}/endpoints/middleware-endpoint/endpointMiddleware.js`,
    from: '{ ...config }',
    to: 'Object.create(config)',
  },
];

/** Packages that are no ES modules call it. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles the simulation with the shipped sources, which loads in a fraction of the time.
 *
 * @param name of the bundle
 * @param replacements change sources as they are loaded; the working tree stays as it is
 * @returns the bundle's path
 * @throws Error where a text that is to be replaced is not there exactly once
 */
export async function bundle(
  name: string,
  entry: string,
  replacements: readonly Replacement[] = [],
): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = resolve(FOLDER, `${name}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // It has native parts, which are found from its own folder.
    external: ['dynalite'],
    conditions: ['module'],
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    plugins: [replacing([READ_POLICIES_ONCE, ...INHERIT_CONFIGURATION, ...replacements])],
    logLevel: 'error',
  });
  return outfile;
}

function replacing(replacements: readonly Replacement[]): Plugin {
  const byFile = Map.groupBy(replacements, ({ file }) => resolve(file));
  return {
    name: 'replacements',
    setup: (build) => {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const own = byFile.get(path);
        return own === undefined
          ? undefined
          : { loader: 'ts', contents: own.reduce(replaceOnce, readFileSync(path, 'utf8')) };
      });
    },
  };
}

/** @throws Error where the text is not there exactly once: then it is time to look at the replacement again */
export function replaceOnce(source: string, { file, from, to }: Replacement): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}
