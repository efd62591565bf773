import { badName } from './checkpoint-failure.js';
import { sha256 } from './checksum.js';

const NAME = /^[a-z0-9-]{1,64}$/;
const MANIFEST = /^checkpoint-([1-9][0-9]{0,15})$/;
const EPOCH = /^e([1-9][0-9]{0,15})-/;
const ENCODED = /--[0-9a-f]{32}$/;
// Folders that some file systems take for devices.
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/** The name by which `remove` knows the manifest of a checkpoint. */
export function checkpointName(checkpoint: number): string {
  return `checkpoint-${checkpoint}`;
}

/** The checkpoint whose manifest has this name, or undefined: then it is a blob's name. */
export function checkpointOfName(name: string): number | undefined {
  const match = MANIFEST.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** The name of a blob: the epoch in it keeps runs from ever meeting, and tells who left an orphan behind. */
export function blobName(epoch: number, checkpoint: number, part: string): string {
  return `e${epoch}-c${checkpoint}-${part}`;
}

/** The epoch of the run that wrote a blob, or undefined for a name that `blobName` did not make. */
export function epochOfBlob(name: string): number | undefined {
  const match = EPOCH.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** @throws SLUICE_CHECKPOINT_NAME for anything but 1 to 64 small letters, digits and hyphens. */
export function checkName(component: string, name: string): void {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw badName(
    component,
    'a name of 1 to 64 small letters, digits and hyphens',
    JSON.stringify(String(name).slice(0, 80)),
    'make names with blobName()',
  );
}

/** @throws SLUICE_CHECKPOINT_NAME as `checkName`, and for the name of a manifest. */
export function checkBlobName(component: string, name: string): void {
  checkName(component, name);
  if (checkpointOfName(name) === undefined) return;
  throw badName(component, 'the name of a blob', `the name of a manifest, ${name}`, 'make names with blobName()');
}

/** @throws SLUICE_CHECKPOINT_NAME for anything but a whole number from 1. */
export function checkCheckpointId(component: string, checkpoint: number): void {
  if (Number.isSafeInteger(checkpoint) && checkpoint >= 1) return;
  throw badName(component, 'a whole number from 1 as the id of a checkpoint', String(checkpoint), 'count from 1');
}

/** @throws SLUICE_CHECKPOINT_NAME for an id that is not above the newest: what is newest would no longer be what was last. */
export function checkNewer(component: string, checkpoint: number, newest: number): void {
  checkCheckpointId(component, checkpoint);
  if (checkpoint > newest) return;
  throw badName(
    component,
    `an id above the newest checkpoint, ${newest}`,
    `${checkpoint}`,
    'count on from the last id that list() gives',
  );
}

/** A folder name for a job: the job's own name where it is safe as it stands, else its letters and a hash of it. */
export function jobFolder(job: string): string {
  if (NAME.test(job) && !ENCODED.test(job) && !DEVICE.test(job)) return job;
  const letters = job
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24);
  const hash = Buffer.from(sha256(Buffer.from(job, 'utf16le'))).toString('hex');
  return `${letters}--${hash.slice(0, 32)}`;
}
