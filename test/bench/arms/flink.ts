import type { ArmResult } from '../arm.js';
import { binaryEvents, type EventsOf } from '../nexmark/write-events.js';
import { javaProgram } from '../peers/jvm/java-program.js';
import { runJava } from '../peers/jvm/run-java.js';
import { BID_STREAM, BIDS, LAG_MS, WARM_UP_BIDS } from './bid-stream.js';
import { EVENT_STREAM, EVENTS, WARM_UP_EVENTS } from './event-stream.js';
import { Q1_BIDS, Q1_ROUNDS, Q1_STREAM, Q1_WARM_UP } from './q1-data.js';
import { ROUNDS } from './q17-checkpoints.js';
import { Q17_STREAM, BIDS as Q17_TIMED, WARM_UP as Q17_WARM_UP } from './q17-data.js';
import { Q18_BIDS, Q18_STREAM, Q18_WARM_UP } from './q18-data.js';
import { inTemporaryFolder } from './temporary-folder.js';

const VERSION = '2.2.1';

const SOURCES = {
  folder: 'flink',
  artifacts: [
    { groupId: 'org.apache.flink', artifactId: 'flink-streaming-java', version: VERSION },
    { groupId: 'org.apache.flink', artifactId: 'flink-clients', version: VERSION },
    { groupId: 'org.slf4j', artifactId: 'slf4j-nop', version: '1.7.36' },
  ],
} as const;

/** What our arm of the query is given too. */
interface Given {
  readonly events: EventsOf & { readonly stream: { readonly base: number } };
  readonly warmUp: number;
  readonly rounds?: number;
}

const bids = { events: { stream: BID_STREAM, kinds: 'bids', count: BIDS }, warmUp: WARM_UP_BIDS } satisfies Given;
const events = {
  events: { stream: EVENT_STREAM, kinds: 'all', count: EVENTS },
  warmUp: WARM_UP_EVENTS,
} satisfies Given;

const GIVEN = {
  q1: { events: { stream: Q1_STREAM, kinds: 'bids', count: Q1_BIDS }, warmUp: Q1_WARM_UP, rounds: Q1_ROUNDS },
  q3: events,
  q4: events,
  q5: bids,
  q7: bids,
  q8: events,
  q11: bids,
  q17: { events: { stream: Q17_STREAM, kinds: 'bids', count: Q17_WARM_UP + Q17_TIMED }, warmUp: Q17_WARM_UP },
  q18: { events: { stream: Q18_STREAM, kinds: 'bids', count: Q18_WARM_UP + Q18_BIDS }, warmUp: Q18_WARM_UP },
} satisfies Record<string, Given>;

/** A query in Flink: `peers/jvm/README.md` tells how it is tuned. */
export async function inFlink(query: keyof typeof GIVEN): Promise<ArmResult> {
  return flink(query, GIVEN[query], '-');
}

/** With a checkpoint into files every second. */
export function q17WithCheckpointsInFlink(): Promise<ArmResult> {
  return inTemporaryFolder((directory) => flink('q17', { ...GIVEN.q17, rounds: ROUNDS }, directory));
}

async function flink(query: string, { events, warmUp, rounds = 1 }: Given, checkpoints: string): Promise<ArmResult> {
  const program = await javaProgram(SOURCES);
  const file = await binaryEvents(events);
  const { kinds, count, stream } = events;
  const parameters = [query, file, kinds, count, rounds, warmUp, stream.base, LAG_MS, checkpoints];
  return runJava(program, 'bench.Main', parameters);
}
