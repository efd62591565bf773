import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type KillPlan, PLACES } from './kill-point.js';

/** What is copied in is a stream with a text. */
type Query = (
  this: pg.Client,
  statement: string | { readonly text: string },
  values?: unknown[],
) => Promise<pg.QueryResult> | object;

/** Puts itself between this process and the driver, and kills it, as `kill -9` does, the nth time that its place comes. */
export function killAt(kill: NonNullable<KillPlan['kill']>, apart: boolean): void {
  if (kill.point === 'any moment') {
    setTimeout(die, kill.delay);
    return;
  }
  const place = PLACES[kill.point];
  const original = pg.Client.prototype.query as unknown as Query;
  let passed = 0;
  const watched: Query = function (statement, values) {
    const text = typeof statement === 'string' ? statement : statement.text;
    const isPlace =
      place.statement.test(text) && (!place.publishing || apart || isPublisher(this)) && ++passed === kill.nth;
    const answer = original.call(this, statement, values);
    if (!isPlace) return answer;
    // What the server answers to a statement that was only to be sent is nobody's business any more.
    if (answer instanceof Promise && place.when === 'sent') answer.catch(() => {});
    // An error is an answer as well.
    const dying = (place.when === 'answered' ? Promise.resolve(answer) : sent(this, kill.delay)).then(die, die);
    // Who copies goes on writing meanwhile.
    return answer instanceof Promise ? dying : answer;
  };
  pg.Client.prototype.query = watched as never;
}

/** Until the kernel has everything: from there it reaches the server, whatever becomes of this process. */
async function sent(client: pg.Client, delay: number): Promise<void> {
  while (socketOf(client).writableLength > 0) await sleep(0);
  if (delay > 0) await sleep(delay);
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
