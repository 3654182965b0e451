import { keepTemplate } from '../sim/world/packaged-template.ts';

/** Writes deploy/hub-template.json: `npm run template`. */
keepTemplate();
