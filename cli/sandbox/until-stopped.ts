const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Resolves when the process is asked to end. A second request ends it at once, as if nobody listened. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}
