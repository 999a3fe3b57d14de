import { explainError, ProblemError } from "@carewire/ui";
import { signIn } from "./session-query.ts";

const triesMax = 4;
const pauseMs = 2_000;

/** Signs in with what an access link carries; returns what to say when it does not let anybody in. */
export async function followLink(token: string): Promise<string | null> {
  for (let tries = 1; ; tries++) {
    try {
      await signIn({ access_token: token });
      return null;
    } catch (error) {
      if (tries === triesMax || !isPassing(error)) return explainRefusal(error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

const statusOf = (error: unknown) => (error instanceof ProblemError ? error.status : -1);

function isPassing(error: unknown): boolean {
  return statusOf(error) === 0 || statusOf(error) >= 500;
}

function explainRefusal(error: unknown): string {
  if (statusOf(error) === 401) return "This link was used already, or has expired. Ask for a new one.";
  if (isPassing(error)) return "The server could not be asked about this link. Open it again in a moment.";
  return explainError(error);
}
