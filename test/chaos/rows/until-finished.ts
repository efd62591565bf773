import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '../job-process.js';
import type { Site } from '../site/site.js';

/** So long nothing may change any more, in ms. */
const QUIET = 300;

/** What is left of the input is processed without another fault; then it is judged, started once more, and after a while judged again. */
export async function finishAndJudge(site: Site): Promise<string[]> {
  const wrong = await finish(site, 'the last start');
  if (wrong.length > 0) return wrong;
  const first = await site.judge('at the end');
  const again = await finish(site, 'one more start');
  await sleep(QUIET);
  // The same again says nothing new.
  return first.length > 0 ? first : [...again, ...(await site.judge('after one more start'))];
}

async function finish(site: Site, which: string): Promise<string[]> {
  const end = await site.start().ended;
  return end.how === 'finished' ? [] : [unexpected(which, end)];
}

export function unexpected(which: string, { how, codes, text }: End): string {
  return `${which} ${how}: ${codes.join(' ← ')} ${text}`;
}

/** Lets a run use its site and takes it away afterwards. */
export async function withSite<R>(site: Promise<Site>, use: (site: Site) => Promise<R>): Promise<R> {
  const opened = await site;
  try {
    return await use(opened);
  } finally {
    await opened.remove();
  }
}
