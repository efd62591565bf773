import { Presets, SingleBar } from 'cli-progress';
import type { RunStatus } from './supervisor.js';

export interface Progress {
  update(status: Readonly<RunStatus>): void;
  note(text: string): void;
  end(): void;
}

/** A bar on a terminal, a line every two seconds elsewhere, nothing when `quiet`. */
export function showProgress(events: number, output: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { update: () => undefined, note: () => undefined, end: () => undefined };
  return output.isTTY ? bar(events, output) : lines(events, output);
}

function bar(events: number, output: NodeJS.WriteStream): Progress {
  const rate = meter();
  const format =
    '{bar} {percentage}% | {value} of {total} events | {rate}/s | watermark {watermark} | {checkpoints} checkpoints, {kills} kills';
  const single = new SingleBar(
    { format, stream: output, hideCursor: true, barsize: 20, formatValue, gracefulExit: false },
    Presets.shades_classic,
  );
  const payload = (status: Readonly<RunStatus>) => ({ ...texts(status), rate: thousands(rate(status.events)) });
  single.start(events, 0, payload({ events: 0, watermark: undefined, checkpoints: 0, kills: 0 }));
  return {
    update: (status) => single.update(status.events, payload(status)),
    note: (text) => output.write(`\n${text}\n`),
    end: () => single.stop(),
  };
}

function lines(events: number, output: NodeJS.WriteStream): Progress {
  const rate = meter();
  let kills = 0;
  let next = Date.now() + 2_000;
  return {
    update(status) {
      const perSecond = rate(status.events);
      if (status.kills === kills && Date.now() < next) return;
      if (status.kills > kills) output.write(`kill -9 number ${status.kills}, started again\n`);
      kills = status.kills;
      next = Date.now() + 2_000;
      const { watermark, checkpoints } = texts(status);
      output.write(
        `${thousands(status.events)} of ${thousands(events)} events, ${thousands(perSecond)}/s, watermark ${watermark}, ${checkpoints} checkpoints, ${kills} kills\n`,
      );
    },
    note: (text) => output.write(`${text}\n`),
    end: () => undefined,
  };
}

function texts({ watermark, checkpoints, kills }: Readonly<RunStatus>) {
  const time = watermark === undefined ? '-' : new Date(watermark).toISOString().slice(0, 16).replace('T', ' ');
  return { watermark: time, checkpoints: String(checkpoints), kills: String(kills) };
}

function formatValue(value: number, _options: unknown, type: string): string {
  return type === 'value' || type === 'total' ? thousands(value) : String(value);
}

export function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Events per second over the last three seconds; what is read again after a kill does not count twice. */
function meter(): (events: number) => number {
  let samples: { readonly at: number; readonly events: number }[] = [];
  return (events) => {
    const at = Date.now();
    samples = [...samples.filter((sample) => sample.at > at - 3_000 && sample.events <= events), { at, events }];
    const first = samples[0];
    return first === undefined || at === first.at ? 0 : ((events - first.events) * 1000) / (at - first.at);
  };
}
