import { join } from 'node:path';
import type { PartCommittable } from './part-committable.js';
import type { PartFiles } from './part-files.js';
import { namesIn, type RunFolder } from './run-folder.js';

const LEDGER = /^ledger-\d{1,16}-\d{1,6}$/;

/**
 * Which parts were committed. A line is durable before its part is renamed, so a part that is in the ledger and no longer in any run's
 * folder was made visible, whatever readers have done with it since.
 */
export interface CommitLedger {
  add(part: PartCommittable): Promise<void>;
  has(part: PartCommittable): Promise<boolean>;
}

export function commitLedger(files: PartFiles, folder: RunFolder): CommitLedger {
  let begun = false;
  return {
    async add({ name, bytes }) {
      await files.append(folder.ledger, `${JSON.stringify({ name, bytes })}\n`);
      if (!begun) await files.syncDirectory(folder.incarnation);
      begun = true;
    },
    async has({ incarnation, name, bytes }) {
      const line = JSON.stringify({ name, bytes });
      for (const of of new Set([folder.incarnation, join(folder.sink, incarnation)])) {
        for (const file of await namesIn(files, of)) {
          // A last line that a crash has cut off is equal to none.
          if (LEDGER.test(file) && (await files.read(join(of, file))).split('\n').includes(line)) return true;
        }
      }
      return false;
    },
  };
}
