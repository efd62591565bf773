import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointStorageContract } from '../../../../test/contracts/checkpoint-storage.js';
import { fileCheckpoints } from './file-checkpoints.js';

checkpointStorageContract('fileCheckpoints', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-checkpoints-'));
  return {
    open: () => fileCheckpoints(directory),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
});
