import {
  aggregate,
  aggregateByKey,
  allOf,
  averageOf,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  type Flow,
  fromSource,
  type Key,
  keyBy,
  mapValues,
  maxBy,
  maxOf,
  minOf,
  scanByKey,
  session,
  sliding,
  sumOf,
  to,
  tumbling,
  values,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { filter, map } from 'rxjs';
import { batchSource, inBatches } from './batch-source.js';

const PIPELINES = 30;
/** Enough for every function in a pipeline to be compiled for it. */
const ELEMENTS = 100_000;
const SIZES = [17, 1009, 20_011];

/** A measurement whose fields have names of their own in each pipeline, so that V8 gives it a shape of its own. */
type Reading = Readonly<Record<string, number>>;

/** What a pipeline needs to know of its readings. */
interface Shape {
  readonly number: number;
  readonly at: (reading: Reading) => number;
  readonly device: (reading: Reading) => number;
  readonly amount: (reading: Reading) => number;
  readonly key: (reading: Reading) => Key;
}

/** Runs thirty pipelines, no two alike in shape of elements, kind of key, operators and functions. Answers how many. */
export async function warmUpOthers(): Promise<number> {
  for (let number = 0; number < PIPELINES; number++) {
    const shape = shapeOf(number);
    const readings = fromSource(batchSource(inBatches(readingsOf(number))));
    let outputs = 0;
    const count = to(
      callbackSink(() => {
        outputs++;
      }),
    );
    const build = BUILDERS[number % BUILDERS.length] as Build;
    await createJob(`other-${number}`, build(readings, shape, count)).run();
    if (outputs === 0) throw new Error(`pipeline ${number} emitted nothing`);
  }
  return PIPELINES;
}

type Readings = ReturnType<typeof fromSource<Reading>>;
type End = ReturnType<typeof to<unknown>>;
type Build = (readings: Readings, shape: Shape, end: End) => Flow;

const BUILDERS: readonly Build[] = [
  (readings, { key, amount }, end) =>
    readings.pipe(keyBy(key), aggregateByKey(allOf({ count: countOf<Reading>(), sum: sumOf(amount) })), end),
  (readings, { key, amount }, end) =>
    readings.pipe(
      keyBy(key),
      aggregateByKey(allOf({ least: minOf(amount), greatest: maxOf(amount), mean: averageOf(amount) })),
      values(),
      end,
    ),
  (readings, { key, amount }, end) =>
    readings.pipe(
      keyBy(key),
      mapValues(amount),
      scanByKey(
        (sum: number, value) => sum + value,
        () => 0,
      ),
      end,
    ),
  (readings, { at, key, amount }, end) =>
    readings.pipe(
      withTimestamps(at, boundedOutOfOrderness('1s')),
      keyBy(key),
      windowBy(tumbling('10s')),
      aggregate(sumOf(amount)),
      map((result) => result.value),
      end,
    ),
  (readings, { at, device, amount }, end) =>
    readings.pipe(
      withTimestamps(at, boundedOutOfOrderness('2s')),
      filter((reading) => amount(reading) % 3 !== 0),
      keyBy(device),
      windowBy(sliding('10s', '2s')),
      aggregate(allOf({ count: countOf<Reading>(), most: maxBy(amount) })),
      end,
    ),
  (readings, { at, key }, end) =>
    readings.pipe(
      withTimestamps(at, boundedOutOfOrderness('1s')),
      keyBy(key),
      windowBy(session('3s')),
      aggregate(countOf<Reading>()),
      end,
    ),
  (readings, { amount, device }, end) =>
    readings.pipe(
      map((reading) => ({ device: device(reading), doubled: amount(reading) * 2 })),
      filter(({ doubled }) => doubled > 10),
      map(({ device: name, doubled }) => `${name} ${doubled}`),
      end,
    ),
];

function shapeOf(number: number): Shape {
  const [at, device, amount] = fieldsOf(number) as [string, string, string];
  // Each pipeline has functions of its own, as different programs have: closures of one text would share V8's feedback.
  const read = (field: string) =>
    new Function('reading', `return reading.${field} /* ${number} */;`) as (reading: Reading) => number;
  const byDevice = read(device);
  const keys: readonly ((reading: Reading) => Key)[] = [
    (reading) => `device-${byDevice(reading)}`,
    byDevice,
    (reading) => [byDevice(reading) % 7, byDevice(reading)],
    (reading) => [`d${byDevice(reading)}`, byDevice(reading) % 5],
    (reading) => byDevice(reading) % 2 === 0,
    (reading) => BigInt(byDevice(reading)),
    (reading) => byDevice(reading) + 0.5,
    (reading) => ({ device: byDevice(reading) % 100 }),
    (reading) => [byDevice(reading) % 3, byDevice(reading) % 11, `d${byDevice(reading)}`],
  ];
  return {
    number,
    at: read(at),
    device: byDevice,
    amount: read(amount),
    key: keys[number % keys.length] as (reading: Reading) => Key,
  };
}

function fieldsOf(number: number): string[] {
  return [`at${number}`, `device${number}`, `amount${number}`];
}

/** Some have fields before those that are read, so that these stand elsewhere in the object. */
function readingsOf(number: number): Reading[] {
  const [at, device, amount] = fieldsOf(number);
  const before = Array.from({ length: number % 4 }, (_, place) => `other${place}: ${place}, `).join('');
  const make = new Function(
    'index',
    'keys',
    `return { ${before}${device}: (index * 7919) % keys, ${amount}: index % 1000 + ${number % 2 === 0 ? '0' : '0.25'}, ${at}: ${1_767_225_600_000 + number} + index };`,
  ) as (index: number, keys: number) => Reading;
  const keys = SIZES[number % SIZES.length] as number;
  return Array.from({ length: ELEMENTS }, (_, index) => make(index, keys));
}
