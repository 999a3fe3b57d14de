/** What the commands of this package read from the environment. */
export interface DevEnv {
  /** Used instead of the embedded PostgreSQL when given. */
  databaseUrl: string | undefined;
  /** Used instead of a local Redis when given. */
  redisUrl: string | undefined;
  /** The bootstrap's process; when it is gone, whoever ran the command is gone. */
  launcherPid: number | undefined;
  /** Handed to child processes. */
  inherited: NodeJS.ProcessEnv;
}

export function readDevEnv(): DevEnv {
  const { DATABASE_URL, REDIS_URL, CAREWIRE_LAUNCHER_PID, ...inherited } = process.env;
  return {
    databaseUrl: DATABASE_URL || undefined,
    redisUrl: REDIS_URL || undefined,
    launcherPid: Number(CAREWIRE_LAUNCHER_PID) || undefined,
    inherited,
  };
}
