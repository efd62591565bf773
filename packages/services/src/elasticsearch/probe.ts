/** Its cluster must be able to take writes: the distribution for tests answers nothing at `/`. */
export async function probeElasticsearch(endpoint: string): Promise<void> {
  const url = new URL(endpoint);
  // `fetch` takes no URL with credentials.
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = url.username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const health = new URL('/_cluster/health?wait_for_status=yellow&timeout=5s', `${url.protocol}//${url.host}`);
  const answer = await fetch(health, { headers, signal: AbortSignal.timeout(10_000) }).catch((cause) => {
    throw new Error('no Elasticsearch answers there', { cause });
  });
  if (!answer.ok) throw new Error(`the Elasticsearch there answers its health with ${answer.status}`);
  const { status } = (await answer.json()) as { status?: string };
  if (status !== 'yellow' && status !== 'green')
    throw new Error(`the Elasticsearch there is ${status ?? 'something else'}`);
}
