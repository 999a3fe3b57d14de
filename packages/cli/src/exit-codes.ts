/** What the exit code of every command means; docs/cli.md has the same list. */
export const exitCodes = {
  ok: 0,
  /** The API refused what was asked, or it did not work out. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The API key is missing, unknown, or lacks the scope. */
  unauthorized: 3,
  notFound: 4,
  /** Nobody answered, or the server is in trouble: worth trying again. */
  unreachable: 5,
  /** What was checked is not as it should be: `verify`, `doctor`. */
  checkFailed: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a sentence for its user and an exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** Machine-readable details, for `--json`. */
  readonly details: Record<string, unknown>;

  constructor(message: string, exitCode: ExitCode, details: Record<string, unknown> = {}) {
    super(message);
    this.name = "CliError";
    this.exitCode = exitCode;
    this.details = details;
  }
}
