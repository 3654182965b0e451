import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionIn, type Installation } from './installation.ts';

/**
 * The command as contributors run it, from a clone.
 *
 * @param root the clone's folder
 */
export const sources = (root: string): Installation => ({
  version: versionIn(root),
  demoPolicy: join(root, 'demo/policy.yaml'),
  deployedCode: async () => {
    // Only here, so that the other commands do not load what packages.
    const { readHubTemplate } = await import('../sim/world/packaged-template.ts');
    return {
      template: readHubTemplate(root),
      memberTemplate: readFileSync(join(root, 'deploy/member.yaml'), 'utf8'),
    };
  },
  consolePage: async () => {
    // Only here, so that the other commands do not load a bundler.
    const { bundlePage } = await import('../console/bundle-page.ts');
    return bundlePage(root);
  },
  hubCode: async () => {
    const { readPackagedTemplate } = await import('../sim/world/packaged-template.ts');
    return {
      template: readPackagedTemplate(root),
      zip: (name) => readFileSync(join(root, '.serverless', `${name}.zip`)),
      memberTemplate: readFileSync(join(root, 'deploy/member.yaml'), 'utf8'),
    };
  },
  pageCode: async () => {
    const { bundlePage } = await import('./package/bundle-page.ts');
    return await bundlePage(root);
  },
});
