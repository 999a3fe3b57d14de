/** What the commands of this package read from the environment. */
export interface DevEnv {
  /** Used instead of the embedded PostgreSQL when given. */
  databaseUrl: string | undefined;
  /** Used instead of a local Redis when given. */
  redisUrl: string | undefined;
  /** The processes that ran the command (bootstrap, npm); when one of them is gone, nobody waits for it any more. */
  launcherPids: number[];
  /** Handed to child processes. */
  inherited: NodeJS.ProcessEnv;
}

export function readDevEnv(): DevEnv {
  const { DATABASE_URL, REDIS_URL, CAREWIRE_LAUNCHER_PIDS, ...inherited } = process.env;
  return {
    databaseUrl: DATABASE_URL || undefined,
    redisUrl: REDIS_URL || undefined,
    launcherPids: (CAREWIRE_LAUNCHER_PIDS ?? "")
      .split(",")
      .map(Number)
      .filter((pid) => pid > 1),
    inherited,
  };
}
