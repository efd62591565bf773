import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.js';
import { type Session, TransactionServer } from './transaction-server.js';

const clock = new VirtualClock(5);
const session = (epoch: number, changed: Partial<Session> = {}): Session => ({
  job: 'job',
  uid: 'sink-1',
  incarnation: 'i',
  epoch,
  clock,
  ...changed,
});

describe('a transaction', () => {
  it('is visible once it has been committed, and committed once', () => {
    const server = new TransactionServer<string>();
    const id = server.prepare(session(1), 3, ['a', 'b']);
    expect([server.values, server.pending]).toEqual([[], 1]);
    expect(server.commit(session(1), id)).toEqual({ status: 'committed' });
    expect(server.commit(session(1), id)).toMatchObject({ status: 'alreadyCommitted' });
    expect(server.values).toEqual(['a', 'b']);
    expect(server.committed).toEqual([{ epoch: 1, checkpoint: 3, at: 5, values: ['a', 'b'] }]);
    expect(server.pending).toBe(0);
  });

  it('that nobody knows is not taken for committed', () => {
    const server = new TransactionServer<string>();
    expect(server.commit(session(1), 'unknown')).toMatchObject({
      status: 'failed',
      cause: { code: 'SLUICE_COMMIT_FAILED' },
    });
  });

  it('survives its run if it was restored, and is rolled back if not', () => {
    const server = new TransactionServer<string>();
    const kept = server.prepare(session(1), 1, ['kept']);
    const orphan = server.prepare(session(1), 2, ['orphan']);
    const other = server.prepare(session(1, { uid: 'sink-2' }), 2, ['of another sink']);
    server.recover(session(2), [kept]);
    expect(server.commit(session(2), kept)).toEqual({ status: 'committed' });
    expect(server.commit(session(2), orphan)).toMatchObject({ status: 'failed' });
    expect(server.commit(session(1, { uid: 'sink-2' }), other)).toEqual({ status: 'committed' });
  });

  it('of a superseded run is refused, of another incarnation is not', () => {
    const server = new TransactionServer<string>();
    const id = server.prepare(session(1), 1, ['a']);
    server.recover(session(2), [id]);
    for (const attempt of [
      () => server.prepare(session(1), 2, ['b']),
      () => server.commit(session(1), id),
      () => server.recover(session(1), []),
    ]) {
      expect(attempt).toThrowError(expect.objectContaining({ code: 'SLUICE_FENCED' }));
    }
    expect(() => server.prepare(session(1, { incarnation: 'j' }), 1, ['c'])).not.toThrow();
  });
});
