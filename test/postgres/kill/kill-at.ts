import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type KillPlan, PLACES } from './kill-point.js';

type Query = (this: pg.Client, text: string, values?: unknown[]) => Promise<pg.QueryResult>;

/** Puts itself between this process and the driver, and kills it, as `kill -9` does, the nth time that its place comes. */
export function killAt(kill: NonNullable<KillPlan['kill']>): void {
  if (kill.point === 'any moment') {
    setTimeout(die, kill.delay);
    return;
  }
  const place = PLACES[kill.point];
  const original = pg.Client.prototype.query as unknown as Query;
  let passed = 0;
  const watched: Query = async function (text, values) {
    const isPlace = place.statement.test(text) && (!place.publishing || isPublisher(this)) && ++passed === kill.nth;
    const answer = original.call(this, text, values);
    if (!isPlace) return answer;
    if (place.when === 'answered') await answer;
    else {
      answer.catch(() => {});
      while (socketOf(this).writableLength > 0) await sleep(0);
      if (kill.delay > 0) await sleep(kill.delay);
    }
    return die();
  };
  pg.Client.prototype.query = watched as never;
}

function isPublisher(client: pg.Client): boolean {
  const { application_name: name } = (client as unknown as { connectionParameters: { application_name: string } })
    .connectionParameters;
  return name.startsWith('sluice_lease_');
}

function socketOf(client: pg.Client): { readonly writableLength: number } {
  return (client as unknown as { connection: { stream: { writableLength: number } } }).connection.stream;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is there before the system call returns, but that is a promise of the kernel, not of Node.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
