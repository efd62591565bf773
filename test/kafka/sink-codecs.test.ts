import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { text } from '@sluice/connector-sdk';
import { type CompressionCodec, gzip, kafkaSink } from '@sluice/kafka';
import { lz4 } from '@sluice/kafka/lz4';
import { snappy } from '@sluice/kafka/snappy';
import { zstd } from '@sluice/kafka/zstd';
import { servicesFolder } from '@sluice/services';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { commitAll, epochOf, SinkHarness } from './sink-harness.js';

const run = promisify(execFile);
const codecs: readonly CompressionCodec[] = [gzip(), snappy(), lz4(), zstd()];
const names = codecs.map(({ name }) => name);
const COUNT = 20_000;
/** As the Java program makes them. */
const textOf = (i: number): string => `value ${i} ${'words that come again '.repeat(i % 7)}`;
const values = Array.from({ length: COUNT }, (_, i) => textOf(i));

describeWithService('kafka', 'compression, with Java at the other side', (endpoint) => {
  const harness = new SinkHarness(endpoint);
  const prefix = () => `${harness.name}-peer`;
  let java: Map<string, string> | undefined;

  beforeAll(async () => {
    for (const name of names) await harness.makeTopics([`${prefix()}-js-${name}`, `${prefix()}-java-${name}`]);
    for (const codec of codecs) await writeWith(codec, `${prefix()}-js-${codec.name}`);
    java = await javaPeer([endpoint(), prefix(), `${COUNT}`, names.join(',')]);
  }, 240_000);

  async function writeWith(compression: CompressionCodec, topic: string): Promise<void> {
    const sink = kafkaSink<string>({
      brokers: harness.brokers,
      topic,
      value: text(),
      key: (value) => value.split(' ')[1],
      compression,
      guarantee: 'at-least-once',
    });
    const { context } = harness.sinkContext<string>(1);
    const writer = await sink.open(context);
    for (const value of values) await writer.write(value, Number.NaN);
    await writer.flush();
    await writer.close();
  }

  const read = async (topic: string, codec: CompressionCodec) =>
    (await harness.records(topic, { codecs: [codec] })).map(({ value }) => value);

  test.each(codecs.map((codec) => [codec.name, codec] as const))(
    '%s: what the sink wrote is compressed, and is read again',
    async (name, codec) => {
      const topic = `${prefix()}-js-${name}`;
      let batches = 0;
      const counted: CompressionCodec = {
        ...codec,
        decompress(bytes) {
          batches++;
          return codec.decompress(bytes);
        },
      };
      expect(await read(topic, counted)).toEqual(values);
      expect(batches).toBeGreaterThan(0);
    },
  );

  test('the ledger, which sinks share, is read without the codec of those that wrote to it', async () => {
    const topic = await harness.topic();
    // Codecs are the whole process's: this one stands for another process that has none.
    const unread: CompressionCodec = { ...gzip(), decompress: () => Promise.reject(new Error('no such codec')) };
    for (const run of [1, 2]) {
      const sink = await harness.run(harness.options(topic, { compression: unread }), run);
      const epoch = await epochOf(sink, run, [{ id: run, text: 'words '.repeat(100) }]);
      expect(await commitAll(sink, epoch)).toEqual([{ status: 'committed' }]);
      await sink.close();
    }
    expect(await read(topic, gzip())).toHaveLength(2);
  });

  describe('Java', () => {
    beforeEach((context) => {
      if (java === undefined) context.skip('needs java with its compiler, and the jars of the broker');
    });

    test.each(names)('%s: reads what the sink wrote', (name) => expect(java?.get(name)).toBe(`${COUNT} records`));

    test.each(codecs.map((codec) => [codec.name, codec] as const))('%s: wrote what is read', async (name, codec) => {
      expect(await read(`${prefix()}-java-${name}`, codec)).toEqual(values);
    });
  });
});

/** What it printed: by codec. Undefined where there is no Java that compiles, or no jars. */
async function javaPeer(given: readonly string[]): Promise<Map<string, string> | undefined> {
  const jars = jarsIn(servicesFolder(), 4);
  if (jars === undefined) return undefined;
  const program = fileURLToPath(new URL('./KafkaPeer.java', import.meta.url));
  const { stdout } = await run(
    'java',
    [
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      join(jars, '*'),
      program,
      ...given,
    ],
    {
      timeout: 200_000,
    },
  );
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0] as string, line.slice(line.indexOf(' ') + 1)]),
  );
}

function jarsIn(folder: string, depth: number): string | undefined {
  if (depth === 0 || !existsSync(folder)) return undefined;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (/^kafka-clients-[\d.]+\.jar$/.test(entry.name)) return dirname(path);
    const found = entry.isDirectory() && !entry.name.startsWith('test-runs') ? jarsIn(path, depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
