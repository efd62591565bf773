import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { cached } from '../programs/cached.js';
import { javaHome } from '../programs/java.js';
import { downloadJars } from '../programs/maven.js';
import { serverProperties } from './properties.js';

const VERSION = '4.1.1';

export interface KafkaPrograms {
  readonly java: string;
  /** For `-cp`. */
  readonly classPath: string;
  /** What is in the data folder of a new broker. */
  readonly formatted: string;
}

/** The broker's jars from Maven Central. */
export async function kafkaPrograms(): Promise<KafkaPrograms> {
  const java = join(await javaHome(), 'bin/java');
  const folder = await cached(`kafka-${VERSION}`, async (unfinished) => {
    await downloadJars(
      [
        { groupId: 'org.apache.kafka', artifactId: 'kafka_2.13', version: VERSION },
        { groupId: 'org.slf4j', artifactId: 'slf4j-simple', version: '1.7.36' },
      ],
      unfinished,
    );
    await format(java, unfinished);
  });
  return { java, classPath: join(folder, 'lib', '*'), formatted: join(folder, 'formatted') };
}

/** Once for all brokers, each of which begins with a copy: it takes as long as the start itself. */
async function format(java: string, folder: string): Promise<void> {
  const formatted = join(folder, 'formatted');
  const properties = join(folder, 'server.properties');
  await mkdir(formatted);
  await writeFile(properties, serverProperties([9092, 9093], formatted, {}));
  const { ok, output } = await run(java, [
    ...['-XX:TieredStopAtLevel=1', '-cp', join(folder, 'lib', '*'), 'kafka.tools.StorageTool'],
    ...['format', '--cluster-id', 'c2x1aWNlLXNlcnZpY2VzLg', '--config', properties],
  ]);
  if (!ok) throw new Error(`Kafka's storage cannot be formatted:\n${output.trim().split('\n').slice(-10).join('\n')}`);
}
