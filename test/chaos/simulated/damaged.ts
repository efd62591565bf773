import { SluiceError } from '@sluice/connector-sdk';
import { drive, SeededRandom } from '@sluice/testing';
import { fileCheckpointsOn } from '../../../packages/core/src/checkpoint/file-checkpoints.js';
import { latestUsable } from '../../../packages/core/src/checkpoint/open-checkpoint.js';
import { PowerLossFiles } from '../../contracts/power-loss-files.js';
import { differences, type SimulatedRun } from './simulated-row.js';
import { expected, type SinkKind, summingJob } from './summing-job.js';

const FOLDER = '/checkpoints';
const JOB = `${FOLDER}/sums`;
const DAMAGED = 'SLUICE_CHECKPOINT_DAMAGED';
/** Damages with which the job itself is started again. */
const RESTARTS = 6;

/**
 * Row 11: the newest checkpoint of a job, cut off at every byte and with a bit turned in every byte, in each of its files. It is refused; the
 * one before it is taken only where no transactional sink can have committed beyond it.
 */
export const damaged: SimulatedRun = async (mode, seed) => {
  const kind = mode as SinkKind;
  const random = new SeededRandom(seed);
  const files = new PowerLossFiles();
  const storage = fileCheckpointsOn(files, FOLDER);
  const { job, values } = summingJob(storage, kind, { retained: 2 });
  const driver = drive(job, { seed });
  await driver.advance(random.int(120, 400));
  await driver.checkpoint();
  await driver.crash();
  const reader = await storage.inspect('sums');
  const [older = 0, newest = 0] = await reader.list();
  const names = await filesOf(files, newest);
  const violations: string[] = [];
  let faults = 0;
  for (const name of names) {
    const whole = await readAll(files, name);
    for (const bytes of damagesOf(whole, random)) {
      await put(files, name, bytes);
      faults++;
      const what = `${name}, ${bytes.length} bytes of ${whole.length}`;
      const outcome = await latestUsable(reader).then(
        (opened) => opened?.checkpoint,
        (error) => (SluiceError.isInstance(error) ? error.code : error),
      );
      const right = kind === 'transactional' ? DAMAGED : older;
      if (outcome !== right) violations.push(`${what}: ${String(outcome)} instead of ${right}`);
    }
    await put(files, name, whole);
  }
  for (let at = 0; at < RESTARTS && violations.length === 0; at++) {
    violations.push(...(await restarted(random, seed + at, kind)));
    faults++;
  }
  const intact = await latestUsable(reader);
  if (intact?.checkpoint !== newest) violations.push('the checkpoint as it was is refused');
  await driver.restart();
  await driver.finish();
  return { faults, violations: [...violations, ...differences(expected, values())] };
};

/** A job of its own is started again with one of its files damaged. */
async function restarted(random: SeededRandom, seed: number, kind: SinkKind): Promise<string[]> {
  const files = new PowerLossFiles();
  const { job, values } = summingJob(fileCheckpointsOn(files, FOLDER), kind, { retained: 2 });
  const driver = drive(job, { seed });
  await driver.advance(random.int(150, 400));
  await driver.checkpoint();
  await driver.crash();
  const newest = Math.max(...(await files.readdir(`${JOB}/checkpoints`)).map(Number));
  const name = random.pick(await filesOf(files, newest));
  const whole = await readAll(files, name);
  await put(files, name, random.pick([...damagesOf(whole, random)]));
  const before = values().length;
  try {
    await driver.restart();
    await driver.finish();
  } catch (error) {
    if (kind !== 'transactional') return [`a job without transactions did not start again: ${String(error)}`];
    if (!SluiceError.isInstance(error) || error.code !== DAMAGED) return [`it failed otherwise: ${String(error)}`];
    return values().length === before ? [] : ['it wrote although its checkpoint was refused'];
  }
  if (kind === 'transactional') return ['it went back although a transactional sink had committed'];
  return differences(expected, values());
}

/** Every truncation, and one bit turned in each byte. */
function* damagesOf(whole: Uint8Array, random: SeededRandom): Generator<Uint8Array> {
  for (let length = 0; length < whole.length; length++) yield whole.slice(0, length);
  for (let at = 0; at < whole.length; at++) {
    const turned = whole.slice();
    turned[at] = (turned[at] ?? 0) ^ (1 << random.int(0, 7));
    yield turned;
  }
}

/** The manifest of a checkpoint, and its blobs. */
async function filesOf(files: PowerLossFiles, checkpoint: number): Promise<string[]> {
  const blobs = (await files.readdir(`${JOB}/blobs`)).filter((name) => name.includes(`-c${checkpoint}-`));
  return [`${JOB}/checkpoints/${checkpoint}`, ...blobs.map((name) => `${JOB}/blobs/${name}`)];
}

async function readAll(files: PowerLossFiles, path: string): Promise<Uint8Array> {
  const file = await files.openForReading(path);
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < bytes.length; ) at += await file.read(bytes.subarray(at), at);
  await file.close();
  return bytes;
}

async function put(files: PowerLossFiles, path: string, bytes: Uint8Array): Promise<void> {
  await files.unlink(path);
  const file = await files.create(path);
  await file.write(bytes);
  await file.close();
}
