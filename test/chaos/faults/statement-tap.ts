import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Fault, Mistake } from './fault.js';
import type { FaultLine } from './fault-line.js';

type Query = (this: pg.Client, text: string, values?: unknown[]) => Promise<pg.QueryResult>;
type Step = 'prepare' | 'commit';

interface Socket {
  readonly writableLength: number;
  destroy(): void;
}

/**
 * Puts itself between the connectors and the driver, for the life of this process: every statement of every connection passes here, and
 * its text tells which step it is.
 */
export function tapStatements(line: FaultLine, mistake: Mistake | undefined, onStruck: (what: string) => void): void {
  const original = pg.Client.prototype.query as unknown as Query;
  const { fault } = line;
  /** Connections whose open transaction has its ledger row: the COMMIT that follows is that of an epoch. */
  const recorded = new WeakSet<pg.Client>();
  let commits = 0;
  let endings = 0;

  function stepOf(client: pg.Client, text: string): Step | undefined {
    if (/^INSERT INTO \S*sluice_ledger/.test(text)) recorded.add(client);
    if (text.startsWith('COMMIT PREPARED')) return 'commit';
    const ends = /^(PREPARE TRANSACTION|COMMIT|ROLLBACK)/.exec(text)?.[1];
    const epoch = ends !== undefined && recorded.delete(client);
    if (ends === 'PREPARE TRANSACTION') return 'prepare';
    return ends === 'COMMIT' && epoch ? 'commit' : undefined;
  }

  async function abortFirst(client: pg.Client, text: string): Promise<void> {
    if (fault?.kind !== 'abortTransaction' || text.startsWith('COMMIT PREPARED') || ++endings !== fault.nth) return;
    await original.call(client, fault.how === 'rollback' ? 'ROLLBACK' : 'SELECT 1 / 0').catch(() => {});
    onStruck(`the transaction was aborted before ${text}`);
  }

  const tapped: Query = async function (text, values) {
    // Rows that are copied are a stream, and no step by themselves.
    if (typeof text !== 'string') return original.call(this, text, values);
    const made = madeUp(text, mistake);
    if (made !== undefined) return made;
    const step = stepOf(this, text);
    if (step === undefined) return asSeen(text, await original.call(this, text, values), mistake);
    await abortFirst(this, text);

    const answer = original.call(this, text, values);
    answer.catch(() => {});
    const whenSent = line.at(step === 'prepare' ? 'afterPrepareSent' : 'afterCommitSent');
    if (whenSent) {
      await flushed(this);
      await whenSent();
    }
    if (step === 'commit' && losesAnswer(fault, ++commits)) {
      // The socket goes first where it is not known whether the server has executed the statement.
      if (fault.executed) await answer;
      else await flushed(this);
      socketOf(this).destroy();
      onStruck(`the answer to ${text} was lost`);
      await answer.catch(() => {});
      throw new Error('Connection terminated unexpectedly');
    }
    const result = asSeen(text, await answer, mistake);
    if (step === 'commit') await line.pass('afterCommitBeforeAcknowledgement');
    return result;
  };
  pg.Client.prototype.query = tapped as never;
}

function losesAnswer(fault: Fault | undefined, commit: number): fault is Fault & { readonly kind: 'loseAnswer' } {
  return fault?.kind === 'loseAnswer' && fault.nths.includes(commit);
}

/** What the fence would say to a connector that does not ask: that it is its turn. */
function madeUp(text: string, mistake: Mistake | undefined): pg.QueryResult | undefined {
  if (mistake !== 'ignores fence and ledger' || !/sluice_fence\S* .*FOR SHARE$/.test(text)) return undefined;
  return { command: 'SELECT', rowCount: 1, rows: [{ epoch: '1' }], oid: 0, fields: [] };
}

/** The server's answer to a connector that does not look at all of it. */
function asSeen(text: string, result: pg.QueryResult, mistake: Mistake | undefined): pg.QueryResult {
  if (mistake === 'ignores fence and ledger' && /^INSERT INTO \S*sluice_ledger/.test(text)) result.rowCount = 1;
  if (mistake === 'ignores the command tag') result.command = /^[A-Z]+/.exec(text)?.[0] ?? '';
  return result;
}

/** Until the kernel has everything: from there it reaches the server, whatever becomes of this process. */
async function flushed(client: pg.Client): Promise<void> {
  while (socketOf(client).writableLength > 0) await sleep(0);
}

function socketOf(client: pg.Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}
