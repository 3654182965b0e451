/** The command as contributors run it, from the sources. */
import { fileURLToPath } from 'node:url';
import { processEnv } from '../shared/settings.ts';
import { sources } from './sources.ts';
import { start } from './start.ts';
import { usersFolder } from './users-folder.ts';

const folder = usersFolder(processEnv());
if (folder !== undefined) process.chdir(folder);
await start(sources(fileURLToPath(new URL('..', import.meta.url))));
