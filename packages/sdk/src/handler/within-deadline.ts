/** Says `late` when the work is not over after `deadlineMs`; the work goes on. Rejects as the work does, if in time. */
export async function withinDeadline<Result>(
  work: Promise<Result>,
  deadlineMs: number,
): Promise<{ late: false; result: Result } | { late: true }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<{ late: true }>((resolve) => {
    timer = setTimeout(() => resolve({ late: true }), deadlineMs);
  });
  try {
    return await Promise.race([work.then((result) => ({ late: false as const, result })), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
