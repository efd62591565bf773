import { randomUUID } from 'node:crypto';
import { BUCKET } from './bucket.js';

/** Puts an object, reads it back and deletes it. */
export async function probeS3(endpoint: string): Promise<void> {
  const bucket = new URL(BUCKET, endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href;
  const object = `${bucket}/probe-${randomUUID()}`;
  const request = async (method: string, url: string, body?: string): Promise<string> => {
    const answer = await fetch(url, { method, signal: AbortSignal.timeout(10_000), ...(body && { body }) }).catch(
      (cause) => {
        throw new Error('no S3 answers there', { cause });
      },
    );
    // The bucket is there already where the status is 409.
    if (!answer.ok && answer.status !== 409) throw new Error(`the S3 there answers ${method} with ${answer.status}`);
    return answer.text();
  };
  // Whatever else answers at that port is not to be written to.
  if (!(await request('GET', endpoint)).includes('ListAllMyBucketsResult')) throw new Error('no S3 answers there');
  await request('PUT', bucket);
  await request('PUT', object, 'probe');
  const back = await request('GET', object);
  await request('DELETE', object);
  if (back !== 'probe') throw new Error('the S3 there does not give back what was put');
}
