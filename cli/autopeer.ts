/** The command as contributors run it, from the sources. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnv } from '../shared/settings.ts';
import { sources } from './sources.ts';
import { start } from './start.ts';
import { usersFolder } from './users-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = usersFolder(processEnv(), root);
if (folder !== undefined) process.chdir(resolve(folder));
await start(sources(root));
