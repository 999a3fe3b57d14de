/** Says what is being done and, once `work` has ended well, how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const live = process.stdout.isTTY;
  process.stdout.write(live ? `${title} …` : `${title} …\n`);
  const timer = live ? setInterval(() => process.stdout.write(`\r${title} … ${seconds()} `), 500) : undefined;
  try {
    const result = await work();
    process.stdout.write(live ? `\r${title} … ${seconds()} \n` : `${title}: done (${seconds()})\n`);
    return result;
  } catch (error) {
    if (live) process.stdout.write("\n");
    throw error;
  } finally {
    clearInterval(timer);
  }
}
