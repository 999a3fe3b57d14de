import type { DetailsOptions } from "../details/details-options.ts";
import type { Credentials } from "../http/access-token.ts";
import type { ExchangeLimits } from "../http/exchange.ts";
import type { HttpTools } from "../http/http-tools.ts";
import type { RetryPolicy } from "../http/retry-delay.ts";

/** How the management client reaches the API. */
export interface ClientOptions extends HttpTools {
  /** Where the API is, such as `https://api.carewire.example`. */
  baseUrl: string | URL;
  /** An API key (`cw_live_…`), or a function that gets one. */
  apiKey: Credentials;
  /** Time for each try, in milliseconds; default 30,000. */
  timeoutMs?: number;
  /** Requests per call at most, the first included; default 4. */
  triesMax?: number;
  /** Waiting before the first retry at most, in milliseconds, doubled for each further one up to 8,000; default 500. */
  backoffMs?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; default 30,000. */
  retryAfterMsMax?: number;
  /** How `fetchDetails` differs from its defaults; the host and the key are the client's. */
  details?: Partial<DetailsOptions>;
}

const backoffMsMax = 8_000;
const answerBytesMax = 32 * 1024 * 1024;

/** Fills in the defaults. */
export const clientLimits = (options: ClientOptions): RetryPolicy & ExchangeLimits => ({
  timeoutMs: options.timeoutMs ?? 30_000,
  triesMax: options.triesMax ?? 4,
  backoffMs: options.backoffMs ?? 500,
  backoffMsMax,
  retryAfterMsMax: options.retryAfterMsMax ?? 30_000,
  answerBytesMax,
});
