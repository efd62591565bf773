/**
 * A process that works with the checkpoints of a folder until it is killed, and tells line by line what has happened:
 * `acquire <times>` acquires again and again; `publish` acquires once, then takes checkpoint after checkpoint until it is fenced.
 */
import { writeSync } from 'node:fs';
import { SluiceError } from '@sluice/connector-sdk';
import { fileCheckpoints } from '../../packages/core/src/checkpoint/file-checkpoints.js';
import { latestUsable } from '../../packages/core/src/checkpoint/open-checkpoint.js';
import { collectOrphans, retainNewest } from '../../packages/core/src/checkpoint/retention.js';
import { sampleCheckpoint } from './sample-checkpoint.js';

const [directory = '', mode = '', times = '1'] = process.argv.slice(2);
const never = new AbortController().signal;
const tell = (event: object): void => void writeSync(1, `${JSON.stringify(event)}\n`);
const acquire = () => fileCheckpoints(directory).acquire('job', never);

if (mode === 'acquire') {
  for (let i = 0; i < Number(times); i++) {
    const { epoch, incarnation } = await acquire();
    tell({ epoch, incarnation });
  }
} else {
  const lease = await acquire();
  const restored = (await latestUsable(lease))?.checkpoint ?? 0;
  tell({ epoch: lease.epoch, restored, orphans: await collectOrphans(lease) });
  try {
    for (let id = restored + 1; ; id++) {
      await sampleCheckpoint(lease, id, true);
      tell({ published: id });
      await retainNewest(lease, 2);
    }
  } catch (error) {
    tell({ stopped: SluiceError.isInstance(error) ? error.code : String(error) });
  }
}
