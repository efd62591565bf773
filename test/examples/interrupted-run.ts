import type { ServiceName } from '@sluice/services';
import { expect } from 'vitest';
import { type Ended, ExampleProcess } from './example-process.js';
import type { TopicOutside } from './topic-outside.js';

/**
 * What a person tries: Ctrl-C in the middle, start again, kill -9 in the middle, start again, and let it finish.
 *
 * @param unit what the example calls a record: the option that says how many there are in the end
 */
export async function interruptedRun(
  example: string,
  unit: string,
  needs: readonly ServiceName[],
  topic: TopicOutside,
  name: string,
): Promise<Ended> {
  // Runs that are cut off have more before them than they can do.
  const start = (records = 1_000_000) =>
    ExampleProcess.start(example, needs, ['--name', name, `--${unit}`, `${records}`, '--rate', '300']);
  const covers = (count: number) => async () => (await topic.covered()) >= count;

  const first = await start();
  await first.until(covers(150));
  const stopped = await first.signal('SIGINT');
  expect(stopped, stopped.stderr).toMatchObject({ end: 130, stdout: expect.stringContaining('nothing lost') });

  const second = await start();
  await second.until(covers((await topic.covered()) + 1));
  expect(await second.signal('SIGKILL')).toMatchObject({
    end: 'SIGKILL',
    stderr: expect.stringContaining('Going on from checkpoint'),
  });

  const last = await (await start((await topic.size()) + 300)).end();
  expect(last, last.stderr).toMatchObject({ end: 0, stderr: expect.stringContaining('Going on from checkpoint') });
  return last;
}
