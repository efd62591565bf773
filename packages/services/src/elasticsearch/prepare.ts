import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaHome } from '../programs/java.js';
import type { ServerCommand, ServerSite, Settings } from '../service.js';
import { elasticsearchFolder } from './programs.js';

export async function prepareElasticsearch(site: ServerSite): Promise<ServerCommand> {
  const { home, account, ports, before } = site;
  const [folder, java] = await Promise.all([elasticsearchFolder(site), javaHome()]);
  const [config, data, temporary] = ['config', 'data', 'temporary'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  if (before === undefined) await rm(data, { recursive: true, force: true });
  for (const path of [config, data, temporary]) await mkdir(path, { recursive: true });
  await writeFile(join(config, 'elasticsearch.yml'), yaml({ ...defaults(site), ...site.settings }));
  await writeFile(join(config, 'jvm.options'), JVM);
  await writeFile(join(config, 'log4j2.properties'), LOGGING);
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const path of [config, data, temporary]) await chown(path, account.uid, account.gid);
  }
  return {
    endpoint: `http://127.0.0.1:${ports[0]}`,
    program: join(folder, 'bin/elasticsearch'),
    parameters: [],
    env: { ES_JAVA_HOME: java, ES_PATH_CONF: config, ES_TMPDIR: temporary, HOME: temporary },
  };
}

function defaults({ home, ports }: ServerSite): Settings {
  return {
    'node.name': 'sluice',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': Number(ports[0]),
    'transport.port': Number(ports[1]),
    'path.data': join(home, 'data'),
    'path.logs': join(home, 'data'),
    'xpack.security.enabled': false,
    // It would refuse to write on a disk that is nearly full, as those of developers are.
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
}

/** JSON is YAML. */
function yaml(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

const JVM = `-Xms512m
-Xmx512m
-XX:+UseG1GC
-XX:TieredStopAtLevel=1
-XX:+ExitOnOutOfMemoryError
-Djava.io.tmpdir=\${ES_TMPDIR}
`;

/** To stdout alone, which is the server's log. */
const LOGGING = `appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`;
