/** Aborted by the first Ctrl-C; the second one ends the process, and the next run goes on from the newest checkpoint. */
export function ctrlC(onFirst: () => void): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
      onFirst();
    });
  }
  return stop.signal;
}
