import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { ensurePackaged } from '../sim/world/packaged-template.ts';

/**
 * Start-up of the packaged reconcile function: the time that a fresh Node process takes to load its bundle. Beside
 * it, in the same run and taking turns, a bundle that only imports EC2Client and the same commands, built with
 * esbuild's defaults.
 */
const PACKAGED = '.esbuild/.build/handlers/reconcile-peering.cjs';
const RUNS = 21;
const WARM_UPS = 3;

interface Measured {
  readonly name: string;
  readonly kib: number;
  readonly medianMs: number;
  readonly fastestMs: number;
}

function main(): void {
  ensurePackaged();
  const folder = mkdtempSync(join(tmpdir(), 'autopeer-bench-'));
  try {
    const baseline = buildBaseline(folder);
    const [packaged, plain] = measure([
      ['autopeer, reconcile-peering as packaged', resolve(PACKAGED)],
      ['EC2Client and the same commands, esbuild’s defaults', baseline],
    ]);
    if (packaged === undefined || plain === undefined) throw new Error('nothing was measured');
    report(packaged, plain);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The commands are those that the shipped adapter imports, read from its source: they cannot drift apart. */
function buildBaseline(folder: string): string {
  const adapter = readFileSync('shared/aws/ec2.ts', 'utf8');
  const names = ['EC2Client', ...new Set(adapter.match(/\b[A-Z]\w+Command\b/g))];
  const entry = join(folder, 'entry.ts');
  const outfile = join(folder, 'baseline.cjs');
  const imports = `import { ${names.join(', ')} } from '@aws-sdk/client-ec2';`;
  writeFileSync(entry, `${imports}\nexport const handler = () => [${names.join(', ')}];\n`);
  buildSync({ entryPoints: [entry], bundle: true, platform: 'node', outfile, nodePaths: ['node_modules'] });
  return outfile;
}

function measure(bundles: readonly (readonly [name: string, path: string])[]): readonly Measured[] {
  const timesMs = bundles.map((): number[] => []);
  for (let run = 0; run < RUNS + WARM_UPS; run++) {
    for (const [index, [, path]] of bundles.entries()) {
      const elapsedMs = loadInFreshProcess(path);
      if (run >= WARM_UPS) timesMs[index]?.push(elapsedMs);
    }
  }
  return bundles.map(([name, path], index) => {
    const sorted = (timesMs[index] ?? []).toSorted((one, other) => one - other);
    return {
      name,
      kib: Math.round(statSync(path).size / 1024),
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      fastestMs: sorted[0] ?? Number.NaN,
    };
  });
}

function loadInFreshProcess(path: string): number {
  const code = `const t = performance.now(); require(${JSON.stringify(path)}); process.stdout.write(String(performance.now() - t))`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${path} does not load: ${stderr}`);
  return Number(stdout);
}

function report(packaged: Measured, plain: Measured): void {
  const ratio = packaged.medianMs / plain.medianMs;
  if (process.argv.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ runs: RUNS, node: process.version, packaged, plain, ratio })}\n`,
    );
    return;
  }
  for (const { name, kib, medianMs, fastestMs } of [packaged, plain]) {
    process.stdout.write(
      `${name.padEnd(52)} ${String(kib).padStart(5)} KiB  median ${medianMs.toFixed(1)} ms  fastest ${fastestMs.toFixed(1)} ms\n`,
    );
  }
  process.stdout.write(`ratio ${ratio.toFixed(2)} (${RUNS} runs each, Node ${process.version})\n`);
}

main();
