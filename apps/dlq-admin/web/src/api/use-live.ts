import { liveIntervalMs } from "@carewire/ui";
import { useQuery } from "@tanstack/react-query";

interface LiveOptions {
  /** How often it is read again; default: every few seconds. */
  intervalMs?: number;
}

/** Reads something, and again every few seconds while the page is looked at. */
export function useLive<Data>(
  key: readonly unknown[],
  read: (options: { signal: AbortSignal }) => Promise<Data>,
  { intervalMs = liveIntervalMs }: LiveOptions = {},
) {
  return useQuery({ queryKey: key, queryFn: read, refetchInterval: intervalMs });
}
