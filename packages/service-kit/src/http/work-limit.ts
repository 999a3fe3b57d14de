import { ProblemError } from "../problems/problem-error.ts";

/** Does a piece of work unless too many go on already; then it throws the 503. */
export type WorkLimit = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * At most so many pieces of work at a time. `createRequestLimit` counts answers, and the work for one goes on when its caller
 * hangs up or was told that it took too long: whoever did so again and again would have any number of them under way.
 */
export function createWorkLimit(worksMax: number): WorkLimit {
  let running = 0;
  return async (work) => {
    if (running >= worksMax) {
      throw new ProblemError("service_unavailable", {
        detail: "Too many such requests are being answered; nothing was stored. Try again shortly.",
        retryAfterSeconds: 1,
      });
    }
    running++;
    try {
      return await work();
    } finally {
      running--;
    }
  };
}
