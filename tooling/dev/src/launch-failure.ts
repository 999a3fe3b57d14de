/**
 * An expected way for a command to fail. `message` is one sentence saying what is wrong and what to do; it is
 * printed as it is and the command ends with exit code 1.
 */
export class LaunchFailure extends Error {
  override name = "LaunchFailure";
}

/** The sentence for an error that the operating system explains well enough, or null for a bug of ours. */
export function explainSystemError(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
      return "The disk is full: free some space and run the command again.";
    case "EACCES":
    case "EPERM":
      return `Access was refused (${String(error)}): fix the owner of this clone and of .carewire, then run the command again.`;
    case "EMFILE":
    case "ENFILE":
      return "Too many files are open: raise the limit (ulimit -n 4096) and run the command again.";
    default:
      return null;
  }
}
