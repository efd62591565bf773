import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { root } from '../tasks/root.js';
import { ids, rowsOf, SinkHarness } from './sink-harness.js';
import { KILL_POINTS, type SinkWorkerPlan } from './sink-worker.js';

const ROWS = 60_000;

describeWithService('kafka', 'a job that writes to Kafka and is killed', (endpoint) => {
  const harness = new SinkHarness(endpoint);
  let folder = '';

  beforeAll(async () => {
    const cache = join(root, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    // Below node_modules, so that the client library is found from there.
    folder = mkdtempSync(join(cache, 'sluice-kafka-sink-'));
    await build({
      config: false,
      entry: { worker: fileURLToPath(new URL('./sink-worker.ts', import.meta.url)) },
      outDir: folder,
      format: 'esm',
      outExtension: () => ({ js: '.mjs' }),
      target: 'node20',
      tsconfig: join(root, 'tsconfig.json'),
      noExternal: [/^@sluice\//, 'rxjs'],
      external: ['kafkajs'],
      splitting: false,
      silent: true,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(plan: SinkWorkerPlan): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS$)/.test(name));
    const child = spawn(process.execPath, [join(folder, 'worker.mjs')], {
      env: { ...Object.fromEntries(inherited), SLUICE_SINK_WORKER: JSON.stringify(plan) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code, signal] = await once(child, 'exit');
    return { code, signal };
  }

  test('SIGKILL at every point in turn: each row is there once', async () => {
    const topic = await harness.topic();
    const plan = {
      job: harness.job,
      folder: join(folder, 'checkpoints'),
      brokers: harness.brokers,
      topic,
      prefix: harness.name,
      rows: ROWS,
    };
    for (const point of KILL_POINTS) {
      // The first transaction of a run takes the fence.
      const end = await run({ ...plan, kill: { point, occurrence: 3 } });
      expect({ point, ...end }).toEqual({ point, code: null, signal: 'SIGKILL' });
    }
    expect(await run({ ...plan, kill: undefined })).toEqual({ code: 0, signal: null });
    expect(ids(await harness.records(topic))).toEqual(rowsOf(0, ROWS).map(({ id }) => id));
  }, 240_000);
});
