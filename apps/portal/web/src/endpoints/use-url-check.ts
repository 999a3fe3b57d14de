import { type UrlAdvice, urlAdvice } from "./url-advice.ts";

/** What is known of a URL: by its form at once, by the server's rules a moment later. */
export function useUrlCheck(url: string): UrlAdvice {
  return urlAdvice(url);
}
