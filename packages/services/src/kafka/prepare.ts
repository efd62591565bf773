import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerCommand, ServerSite } from '../service.js';
import { kafkaPrograms } from './programs.js';
import { serverProperties } from './properties.js';

export async function prepareKafka({ home, ports, settings, before }: ServerSite): Promise<ServerCommand> {
  const { java, classPath, formatted } = await kafkaPrograms();
  const data = join(home, 'data');
  if (before === undefined) {
    await rm(data, { recursive: true, force: true });
    await cp(formatted, data, { recursive: true });
  }
  const properties = join(home, 'server.properties');
  await writeFile(properties, serverProperties(ports, data, settings), { mode: 0o600 });
  return {
    endpoint: `127.0.0.1:${ports[0]}`,
    program: java,
    // The second compiler would take the time of both cores when tests begin.
    parameters: ['-Xms256m', '-Xmx768m', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.Kafka', properties],
  };
}
