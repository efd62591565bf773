import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { showProgress } from './progress.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function output(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    isTTY,
    columns: 200,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream & {
    readonly written: string[];
  };
}

it('prints a line every two seconds and for each kill where there is no terminal', () => {
  const stream = output(false);
  const progress = showProgress(3_000_000, stream, false);
  const status = { events: 0, watermark: undefined as number | undefined, checkpoints: 0, kills: 0 };
  progress.update(status);
  vi.advanceTimersByTime(2_000);
  progress.update({ ...status, events: 500_000, watermark: Date.UTC(2001, 1, 3, 4, 5), checkpoints: 2 });
  vi.advanceTimersByTime(100);
  progress.update({ ...status, events: 400_000, checkpoints: 2, kills: 1 });
  progress.end();
  expect(stream.written).toEqual([
    '500,000 of 3,000,000 events, 250,000/s, watermark 2001-02-03 04:05, 2 checkpoints, 0 kills\n',
    'kill -9 number 1, started again\n',
    '400,000 of 3,000,000 events, 190,476/s, watermark -, 2 checkpoints, 1 kills\n',
  ]);
});

it('says nothing when it is to be quiet', () => {
  const stream = output(true);
  const progress = showProgress(10, stream, true);
  progress.update({ events: 10, watermark: 1, checkpoints: 1, kills: 1 });
  progress.note('something');
  progress.end();
  expect(stream.written).toEqual([]);
});
