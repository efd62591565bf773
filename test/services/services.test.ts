import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findServer, provision, removeServer, services } from '@sluice/services';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { ownServerFolder, removeOwnServers } from './own-servers.js';
import { requiredServices } from './required.js';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const sources = fileURLToPath(new URL('../../tsconfig.json', import.meta.url));
const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  folders.push(made);
  return made;
}

afterEach(async () => {
  for (const made of folders.splice(0)) {
    for (const name of readdirSync(made)) await removeServer(join(made, name));
    rmSync(made, { recursive: true, force: true });
  }
});

const answers = (url: string): Promise<boolean> =>
  services.postgres.answers(url).then(
    () => true,
    () => false,
  );

for (const programs of ['system', 'npm'] as const) {
  describe(`a PostgreSQL of our own, ${programs} binaries`, { timeout: 180_000 }, () => {
    it('starts under a folder that only its owner may enter, keeps its data, and stops', async () => {
      const checkout = folder();
      chmodSync(checkout, 0o700);
      const options = { folder: join(checkout, 'postgres'), programs };
      const server = await provision('postgres', options);
      expect(await provision('postgres', options)).toMatchObject({ endpoint: server.endpoint, pid: server.pid });
      expect(await findServer(options.folder)).toMatchObject({ endpoint: server.endpoint, pid: server.pid });
      expect(await query(server.endpoint, 'SHOW max_prepared_transactions')).toEqual([
        { max_prepared_transactions: '64' },
      ]);
      expect(statSync(join(server.home, 'server.json')).mode & 0o077).toBe(0);
      await query(server.endpoint, 'CREATE TABLE kept AS SELECT 1 AS n');

      await server.stop();
      expect(await findServer(options.folder)).toBeUndefined();
      expect(await answers(server.endpoint)).toBe(false);
      const again = await provision('postgres', options);
      expect(again.endpoint).toBe(server.endpoint);
      process.kill(again.pid, 'SIGKILL');
      const third = await provision('postgres', options);
      expect(third).toMatchObject({ endpoint: server.endpoint });
      expect(await query(third.endpoint, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
      await third.remove();
      expect([await answers(third.endpoint), existsSync(third.home)]).toEqual([false, false]);
    });
  });
}

describe('a server of our own', { timeout: 180_000 }, () => {
  it('is paused and resumed, starts again with other settings, and is killed while it is paused', async () => {
    const server = await provision('postgres', { folder: join(folder(), 'postgres') });
    server.pause();
    const asked = query(server.endpoint, 'SELECT 1 AS n');
    expect(await Promise.race([asked, new Promise((done) => setTimeout(done, 200, 'nothing'))])).toBe('nothing');
    server.resume();
    expect(await asked).toEqual([{ n: 1 }]);
    await server.stop('kill');
    await server.start({ max_prepared_transactions: 0 });
    expect(await answers(server.endpoint)).toBe(true);
    await expect(services.postgres.probe(server.endpoint)).rejects.toThrow('max_prepared_transactions = 0');
    server.pause();
    await server.stop('kill');
    expect(await answers(server.endpoint)).toBe(false);
  });

  it('that does not start shows the last lines of its log', async () => {
    const broken = provision('postgres', { folder: join(folder(), 'postgres'), settings: { work_mem: 'plenty' } });
    await expect(broken).rejects.toThrow(/PostgreSQL did not start .*work_mem/s);
  });

  it('does not end a stranger who got its pid', async () => {
    const home = join(folder(), 'postgres');
    mkdirSync(home);
    const stranger = spawn('sleep', ['60']);
    try {
      const state = { service: 'postgres', endpoint: 'postgres://127.0.0.1:1/x', ports: [1] };
      const earlier = { pid: stranger.pid, started: '1 of another boot' };
      writeFileSync(join(home, 'server.json'), JSON.stringify({ ...state, process: earlier }));
      expect(await findServer(home)).toBeUndefined();
      await removeServer(home);
      expect([stranger.exitCode, stranger.signalCode, existsSync(home)]).toEqual([null, null, false]);
    } finally {
      stranger.kill('SIGKILL');
      await once(stranger, 'exit');
    }
  });
});

describe('npm run services', { timeout: 180_000 }, () => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TSX_TSCONFIG_PATH: sources, ...env },
    });
  const runBeside = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
      env: { ...process.env, TSX_TSCONFIG_PATH: sources, ...env },
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    }
    const [status] = await once(child, 'close');
    return { ...said, status };
  };
  const nobody = Object.fromEntries(Object.values(services).map(({ variable }) => [variable, '']));

  it('says of each endpoint of the environment that it is dead, without its password', () => {
    const dead = {
      DATABASE_URL: 'postgres://me:very-secret@127.0.0.1:1/db',
      REDIS_URL: 'redis://me:very-secret@127.0.0.1:1',
      KAFKA_BROKERS: '127.0.0.1:1',
      ELASTICSEARCH_URL: 'http://me:very-secret@127.0.0.1:1',
      S3_ENDPOINT: 'http://127.0.0.1:1',
    };
    const up = run(['up'], dead);
    expect(up).toMatchObject({ status: 1, stdout: '' });
    expect(up.stderr).not.toContain('secret');
    for (const reason of [
      'DATABASE_URL is set, but no PostgreSQL answers there (ECONNREFUSED)',
      'REDIS_URL is set, but no Redis answers there',
      'KAFKA_BROKERS is set, but no Kafka broker answers there',
      'ELASTICSEARCH_URL is set, but no Elasticsearch answers there',
      'S3_ENDPOINT is set, but no S3 answers there',
    ])
      expect(up.stderr).toContain(reason);
    expect(run(['status'], dead)).toMatchObject({ status: 1, stdout: '' });
  });

  it('starts each once for two who ask at the same time, tells, and stops', async (context) => {
    const env = { ...nobody, SLUICE_SERVICES_FOLDER: folder() };
    const names = ['postgres', 's3'];
    const before = run(['status', ...names], env);
    if (before.stdout !== '') context.skip('somebody runs one of them on this machine');
    const both = await Promise.all([runBeside(['up', ...names], env), runBeside(['up', ...names], env)]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    const lines = (text = '') => text.trim().split('\n').sort();
    const told = lines(both[0]?.stdout);
    expect(told).toEqual([
      expect.stringMatching(/^DATABASE_URL=postgres:\/\//),
      expect.stringMatching(/^S3_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/),
    ]);
    expect(lines(both[1]?.stdout)).toEqual(told);
    expect(both.map(({ stderr }) => stderr.match(/(provisioned|docker|running)/g)?.length)).toEqual([2, 2]);
    expect(lines(run(['status', ...names], env).stdout)).toEqual(told);
    expect(run(['down', ...names], env).stderr).toContain('postgres: stopped');
    expect(run(['status', ...names], env)).toMatchObject({ status: 1, stdout: '' });
  });

  it('knows its commands and the services', () => {
    expect(run(['constructor'], {})).toMatchObject({ status: 2, stderr: expect.stringContaining('up, down, status') });
    expect(run(['up', 'mongo'], {})).toMatchObject({ status: 2, stderr: expect.stringContaining('kafka, redis') });
  });
});

describe('servers of single suites', () => {
  it('go with the run of tests that they belong to, or with the next if that one was killed', async () => {
    // Apart from the others' own servers, which a run that ends at this moment looks through as well.
    process.env.SLUICE_SERVICES_FOLDER = folder();
    try {
      const ended = spawnSync('true').pid;
      const [left, used] = [ownServerFolder(ended), ownServerFolder(process.ppid)];
      const server = await provision('s3', { folder: left });
      await services.s3.probe(server.endpoint);
      await removeOwnServers(process.pid);
      await expect(services.s3.probe(server.endpoint)).rejects.toThrow('no S3 answers');
      expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
    } finally {
      delete process.env.SLUICE_SERVICES_FOLDER;
    }
  }, 180_000);
});

describe('REQUIRE_SERVICES', () => {
  it('is a list', () => {
    expect(requiredServices('')).toEqual([]);
    expect(requiredServices('s3, kafka')).toEqual(['kafka', 's3']);
    expect(requiredServices('all')).toHaveLength(5);
    expect(() => requiredServices('kafka,mongo')).toThrow('REQUIRE_SERVICES names mongo');
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
