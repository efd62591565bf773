import { createHash, randomUUID } from 'node:crypto';
import { postgresCheckpoints } from '@sluice/postgres';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { checkpointStorageContract } from '../contracts/checkpoint-storage.js';
import { describeWithPostgres } from '../services/with-postgres.js';
import { SinkHarness } from './sink-harness.js';
import { whenQueried } from './statement-hook.js';

const never = new AbortController().signal;

const cut = (client: pg.Client) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

await describeWithPostgres('postgresCheckpoints', (url) => {
  const harness = new SinkHarness(url);
  const sumOf = (checkpoint: number) =>
    createHash('sha256')
      .update(JSON.stringify(['looked up', checkpoint]))
      .update('m')
      .digest();
  const storage = (schema = harness.schema) => postgresCheckpoints({ connectionString: url, schema });

  checkpointStorageContract('postgresCheckpoints', async () => {
    const schema = `${harness.schema}_${randomUUID().slice(0, 8)}`;
    return {
      open: () => storage(schema),
      close: async () => void (await harness.sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)),
    };
  });

  test('what was changed in the database is refused before it is given out', async () => {
    const lease = await storage().acquire('damaged', never);
    const read = async (name: string) => {
      const parts: Uint8Array[] = [];
      for await (const part of lease.read(name)) parts.push(part);
      return Buffer.concat(parts);
    };
    const table = (name: string) => `${harness.schema}.sluice_checkpoint_${name}`;
    const damaged = { code: 'SLUICE_CHECKPOINT_DAMAGED' };
    const large = Buffer.alloc(1_300_000, 7);
    await lease.write('large', large);
    await lease.write('twin', large);
    await lease.write('small', Buffer.from('abc'));
    await lease.publish(1, Buffer.from('manifest'));
    expect((await read('large')).equals(large)).toBe(true);

    const changes = [
      `UPDATE ${table('parts')} SET bytes = set_byte(bytes, 0, 8) WHERE part = 1`,
      `UPDATE ${table('parts')} SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE part = 2`,
      `DELETE FROM ${table('parts')} WHERE part = 2`,
      `UPDATE ${table('parts')} SET part = 3 - part WHERE part IN (1, 2)`,
      `UPDATE ${table('blobs')} SET parts = parts - 1 WHERE name = 'large'`,
      `UPDATE ${table('blobs')} SET parts = 0 WHERE name = 'large'`,
      `UPDATE ${table('blobs')} b SET id = t.id, parts = t.parts FROM ${table('blobs')} t WHERE b.name = 'large' AND t.name = 'twin'`,
      `UPDATE ${table('blobs')} b SET checksum = t.checksum, id = t.id FROM ${table('blobs')} t WHERE b.name = 'large' AND t.name = 'twin'`,
    ];
    for (const change of changes) {
      await harness.sql(`CREATE TABLE ${harness.schema}.saved_parts AS TABLE ${table('parts')}`);
      await harness.sql(`CREATE TABLE ${harness.schema}.saved_blobs AS TABLE ${table('blobs')}`);
      await harness.sql(`ALTER TABLE ${table('parts')} DROP CONSTRAINT sluice_checkpoint_parts_pkey`);
      await harness.sql(change);
      await expect(read('large'), change).rejects.toMatchObject(damaged);
      for (const name of ['parts', 'blobs']) {
        await harness.sql(`TRUNCATE ${table(name)}`);
        await harness.sql(`INSERT INTO ${table(name)} TABLE ${harness.schema}.saved_${name}`);
        await harness.sql(`DROP TABLE ${harness.schema}.saved_${name}`);
      }
      await harness.sql(`ALTER TABLE ${table('parts')} ADD PRIMARY KEY (job, epoch, id, part)`);
    }
    expect((await read('large')).equals(large)).toBe(true);
    await harness.sql(`UPDATE ${table('manifests')} SET bytes = 'other'`);
    await expect(lease.manifest(1)).rejects.toMatchObject(damaged);
    await lease.release();
  });

  test('a connection that breaks while a checkpoint is published is replaced, and what became of it looked up', async () => {
    const lease = await storage().acquire('looked up', never);
    for (const [checkpoint, executed] of [true, false].entries()) {
      await whenQueried(
        /INSERT INTO .*sluice_checkpoint_manifests/,
        async (client, original, text) => {
          const values = [lease.epoch, checkpoint + 1];
          if (executed)
            await original.call(client, text, ['looked up', ...values, Buffer.from('m'), sumOf(checkpoint + 1)]);
          cut(client);
        },
        () => lease.publish(checkpoint + 1, Buffer.from('m')),
      );
    }
    expect(await lease.list()).toEqual([1, 2]);
    await lease.release();
  });

  test('a checkpoint stays in doubt while the server cannot be asked, and the next lease knows', async () => {
    const lease = await storage().acquire('in doubt', never);
    setTimeout(() => void lease.release(), 300);
    const failure = await whenQueried(
      /INSERT INTO .*sluice_checkpoint_manifests/,
      async (client) => cut(client),
      () => lease.publish(1, Buffer.from('m')).catch((error: unknown) => error),
      { every: 1 },
    );
    expect(failure).toMatchObject({ code: 'SLUICE_CHECKPOINT_IN_DOUBT', remedy: expect.stringContaining('restart') });
    const next = await storage().acquire('in doubt', never);
    expect(await next.list()).toEqual([]);
    await next.publish(1, Buffer.from('m'));
    await next.release();
  });

  test('what a run had begun to write is gone when the next one acquires, and blobs are listed', async () => {
    const first = await storage().acquire('orphans', never);
    const endless = async function* () {
      yield Buffer.alloc(2_000_000);
      await new Promise(() => {});
    };
    void first.write('half', endless()).catch(() => {});
    await first.write('whole', Buffer.alloc(2_000_000));
    const parts = () =>
      harness.sql(`SELECT DISTINCT id FROM ${harness.schema}.sluice_checkpoint_parts WHERE job = 'orphans'`);
    await expect.poll(parts, { timeout: 60_000 }).toHaveLength(2);
    const second = await storage().acquire('orphans', never);
    expect(await parts()).toHaveLength(1);
    expect(await (second as typeof second & { blobs(): Promise<string[]> }).blobs()).toEqual(['whole']);
    await first.release();
    await second.release();
  });

  test('is durable where synchronous_commit is off', async () => {
    const role = `${harness.schema}_async`;
    await harness.sql(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'pass'`);
    await harness.sql(`ALTER ROLE ${role} SET synchronous_commit = off`);
    const theirs = new URL(url);
    theirs.username = role;
    theirs.password = 'pass';
    const schema = `${harness.schema}_async`;
    const lease = await postgresCheckpoints({ connectionString: theirs.href, schema }).acquire('job', never);
    await harness.sql(`CREATE TABLE ${schema}.seen (setting text)`);
    await harness.sql(`CREATE FUNCTION ${schema}.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO ${schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$`);
    for (const name of ['manifests', 'parts', 'blobs']) {
      await harness.sql(
        `CREATE CONSTRAINT TRIGGER look AFTER INSERT ON ${schema}.sluice_checkpoint_${name} DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION ${schema}.look()`,
      );
    }
    await lease.write('b', Buffer.from('x'));
    await lease.publish(1, Buffer.from('x'));
    expect(await harness.sql(`SELECT DISTINCT setting FROM ${schema}.seen`)).toEqual([{ setting: 'on' }]);
    await lease.release();
    await harness.sql(`DROP SCHEMA ${schema} CASCADE`);
    await harness.sql(`DROP OWNED BY ${role}`);
    await harness.sql(`DROP ROLE ${role}`);
  });

  test('options and names are checked, and nothing that fails quotes a password', async () => {
    expect(() => postgresCheckpoints({ connectionString: '' })).toThrow('SLUICE_POSTGRES_OPTIONS');
    expect(() => postgresCheckpoints({ connectionString: url, schema: '' })).toThrow('SLUICE_POSTGRES_OPTIONS');
    await expect(storage().acquire('a\0b', never)).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_NAME' });
    const wrong = new URL(url);
    wrong.password = 'very-secret';
    const failure = await postgresCheckpoints({ connectionString: wrong.href })
      .acquire('job', never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_POSTGRES_LOGIN' });
    expect(JSON.stringify([failure, (failure as Error).stack, (failure as Error).cause])).not.toContain('secret');
  });

  test('an idle lease keeps no process alive', async () => {
    const lease = await storage().acquire('idle', never);
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await lease.list();
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length).toBe(sockets);
    await lease.release();
  });
});
