/** Resolves as `work` does, or rejects after `timeoutMs`: a frozen network answers nothing, not even an error. */
export async function withinTime<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // The code marks it as lost infrastructure, as a time-out of the socket itself would be.
      reject(Object.assign(new Error(`${what} took longer than ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
