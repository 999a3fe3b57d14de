import { useQuery } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { urlAdvice } from "./url-advice.ts";
import { type UrlVerdict, urlVerdict } from "./url-verdict.ts";

/** What is known of a URL: by its form at once, by the server, which also tries to connect, a moment later. */
export function useUrlCheck(url: string): UrlVerdict {
  const advice = urlAdvice(url);
  const worthAsking = advice.kind === "fine" || advice.kind === "doubtful";
  const check = useQuery({
    queryKey: ["url check", url],
    queryFn: ({ signal }) =>
      call("POST /v1/subscriptions/check-url", { body: { url: url.trim(), connect: true }, signal }),
    enabled: worthAsking,
    retry: false,
    staleTime: 60_000,
  });
  if (!worthAsking) return advice;
  if (check.data !== undefined) return urlVerdict(check.data);
  // Saving will tell what the check could not.
  if (check.isError) return advice.kind === "doubtful" ? advice : { kind: "empty" };
  return { kind: "checking" };
}
