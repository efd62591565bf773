import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^@sluice\/(connector-sdk|core|testing|conformance|services)$/,
        replacement: `${root}packages/$1/src/index.ts`,
      },
      {
        find: /^@sluice\/(elasticsearch|file|kafka|postgres|redis)$/,
        replacement: `${root}connectors/$1/src/index.ts`,
      },
      { find: /^@sluice\/kafka\/(avro|lz4|protobuf|snappy|zstd)$/, replacement: `${root}connectors/kafka/src/$1.ts` },
    ],
  },
  test: {
    include: ['packages', 'connectors', 'examples']
      .map((folder) => `${folder}/*/src/**/*.test.ts`)
      .concat('test/**/*.test.ts'),
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Programs that tests start through tsx run the built packages: tsx wraps functions, which those that are evaluated again forbid.
    env: { TSX_TSCONFIG_PATH: `${root}tsconfig.run.json` },
    // A machine that is busy with something else must not fail a test; one that hangs is found all the same.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    // Stops a Postgres that tests have started.
    globalSetup: ['test/services/global-setup.ts'],
  },
});
