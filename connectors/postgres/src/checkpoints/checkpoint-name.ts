import { badName } from './checkpoint-error.js';

const NAME = /^[a-z0-9-]{1,64}$/;
const MANIFEST = /^checkpoint-([1-9][0-9]{0,15})$/;

/** The checkpoint whose manifest `remove` knows by this name, or undefined: then it is a blob's. @throws SLUICE_CHECKPOINT_NAME */
export function checkpointOfName(name: string): number | undefined {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw badName('a name of 1 to 64 small letters, digits and hyphens', JSON.stringify(String(name).slice(0, 80)));
  }
  const match = MANIFEST.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** @throws SLUICE_CHECKPOINT_NAME */
export function checkBlobName(name: string): void {
  if (checkpointOfName(name) !== undefined) throw badName('the name of a blob', `the name of a manifest, ${name}`);
}

/** @throws SLUICE_CHECKPOINT_NAME */
export function checkId(checkpoint: number): void {
  if (Number.isSafeInteger(checkpoint) && checkpoint >= 1) return;
  throw badName('a whole number from 1 as the id of a checkpoint', String(checkpoint));
}

/** Jobs are called as their users like, except that a text of Postgres holds no U+0000. @throws SLUICE_CHECKPOINT_NAME */
export function checkJob(job: string): void {
  if (job.includes('\0')) throw badName('the name of a job without the character U+0000', 'one with it');
}
