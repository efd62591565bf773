import { build } from './build.js';
import { runProgram } from './run-tool.js';

/** Each with what it shows. */
export const examples: Readonly<Record<string, string>> = {
  'kafka-sessions': 'page views in Kafka → session windows → Postgres, exactly once',
  'latest-documents': 'a change log in Kafka → the latest version of each document → Elasticsearch',
  leaderboard: 'scores in Kafka → enriched over HTTP → a leaderboard in Redis',
  sessions: 'page views → sessions in files, exactly once; needs no service',
  'anomaly-alert': 'sensor readings → alerts of what is unusual and of what is silent, with state and timers',
  enrichment: 'trades with the rate of their moment and with their customer, by two joins',
  'top-n': 'a dashboard of what is talked about now, in the terminal',
  'break-ins': 'a pattern among logins, and those who gave up half way',
  'rxjs-app': 'an RxJS app with an HTTP server gains event-time counts, with no job at all',
};

/** `npm run example -- NAME ARGS`, against the built packages as a user would run it. */
export async function example([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || !Object.hasOwn(examples, name)) {
    const lines = Object.entries(examples).map(([each, shows]) => `  npm run example -- ${each.padEnd(18)}${shows}`);
    const text = [...(name === undefined ? [] : [`There is no example "${name}".`]), ...lines].join('\n');
    process[name === undefined ? 'stdout' : 'stderr'].write(`${text}\n`);
    return name === undefined ? 0 : 2;
  }
  return (await build({ output: 'stderr' })) || (await runProgram(`examples/${name}/src/main.ts`, args));
}
