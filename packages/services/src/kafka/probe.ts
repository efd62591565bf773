import { Kafka, logLevel } from 'kafkajs';

/** A broker must have registered, and lead what groups and transactions need: their first users would else meet errors while it is made. */
export async function probeKafka(endpoint: string): Promise<void> {
  const kafka = new Kafka({
    clientId: 'sluice-services',
    brokers: endpoint.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 0 },
  });
  const patient = { retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 20 } };
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (cause) {
    throw new Error('no Kafka broker answers there', { cause });
  }
  try {
    if ((await admin.describeCluster()).brokers.length === 0) throw new Error('no Kafka broker has registered');
  } finally {
    await admin.disconnect();
  }
  await Promise.all([groups(kafka, patient), transactions(kafka, patient)]);
}

type Patience = Parameters<Kafka['admin']>[0];

async function groups(kafka: Kafka, patience: Patience): Promise<void> {
  const admin = kafka.admin(patience);
  await admin.connect();
  try {
    // It also makes the brokers known, without which kafkajs finds no coordinator.
    await admin.describeCluster();
    await admin.describeGroups(['sluice-services']);
  } finally {
    await admin.disconnect();
  }
}

async function transactions(kafka: Kafka, patience: Patience): Promise<void> {
  // Two that probe at once would fence each other under one name.
  const producer = kafka.producer({
    ...patience,
    transactionalId: `sluice-services-${process.pid}`,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  try {
    await (await producer.transaction()).abort();
  } catch (cause) {
    throw new Error('the Kafka broker has no transactions', { cause });
  } finally {
    await producer.disconnect();
  }
}
