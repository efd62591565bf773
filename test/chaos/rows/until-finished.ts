import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '../job-process.js';

/** What a job reads and writes in one run, and who judges it. */
interface JudgedSite {
  start(): { readonly ended: Promise<End> };
  judge(when: string): Promise<string[]>;
  remove(): Promise<void>;
}

/** So long nothing may change any more, in ms. */
const QUIET = 300;

/** What is left of the input is processed without another fault; then it is judged, started once more, and after a while judged again. */
export async function finishAndJudge(site: JudgedSite): Promise<string[]> {
  const wrong = await finish(site, 'the last start');
  if (wrong.length > 0) return wrong;
  const first = await site.judge('at the end');
  const again = await finish(site, 'one more start');
  await sleep(QUIET);
  // The same again says nothing new.
  return first.length > 0 ? first : [...again, ...(await site.judge('after one more start'))];
}

async function finish(site: JudgedSite, which: string): Promise<string[]> {
  const end = await site.start().ended;
  return end.how === 'finished' ? [] : [unexpected(which, end)];
}

export function unexpected(which: string, { how, codes, text }: End): string {
  return `${which} ${how}: ${codes.join(' ← ')} ${text}`;
}

/** Lets a run use its site and takes it away afterwards. */
export async function withSite<S extends JudgedSite, R>(site: Promise<S>, use: (site: S) => Promise<R>): Promise<R> {
  const opened = await site;
  try {
    return await use(opened);
  } finally {
    await opened.remove();
  }
}
