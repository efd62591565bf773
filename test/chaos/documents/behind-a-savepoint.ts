import { unexpected } from '../rows/until-finished.js';
import type { DocumentSite } from './document-site.js';

interface Moments {
  /** Checkpoints before the savepoint. */
  readonly checkpoints: number;
  /** Elements that are read behind it before the process is killed. */
  readonly elements: number;
  onStarted?(): void;
}

/** Kills a process when it is well behind a savepoint, from which the next one can start: it will write all of that again. Answers what was wrong. */
export async function killedBehindASavepoint(
  site: DocumentSite,
  { checkpoints, elements, onStarted = () => {} }: Moments,
): Promise<string[]> {
  const process = site.start({ savepointAfter: checkpoints });
  void process.until(({ type }) => type === 'started').then((started) => started && onStarted());
  const taken = await process.until(({ type }) => type === 'struck');
  const until = process.read + elements;
  await process.until(() => process.read >= until);
  process.kill();
  const end = await process.ended;
  if (end.how !== 'killed') return [unexpected('the first process', end)];
  return taken && process.struck[0] === 'savepoint' ? [] : [`no savepoint was taken: ${process.struck.join()}`];
}
