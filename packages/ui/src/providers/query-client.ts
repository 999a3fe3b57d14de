import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem.ts";

/** How often what is looked at is read again, ms. */
export const liveIntervalMs = 5_000;

const retriesMax = 2;

/** The cache of both applications: what is shown is refreshed every few seconds, what was refused is not asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        gcTime: 5 * 60_000,
        retry: (failures, error) => isWorthRepeating(error) && failures < retriesMax,
        // Offline a request fails at once and says so, instead of waiting without a word.
        networkMode: "always",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof ProblemError) || error.status >= 500;
}
