import type { Credentials } from "../http/access-token.ts";
import type { ExchangeLimits } from "../http/exchange.ts";
import type { HttpTools } from "../http/http-tools.ts";
import type { RetryPolicy } from "../http/retry-delay.ts";
import type { ResourcePaths } from "./resource-paths.ts";

/** How details are fetched. */
export interface DetailsOptions extends HttpTools {
  /** The host, such as `https://api.carewire.example`. */
  baseUrl: string | URL;
  /** Sent as `Authorization: Bearer …`. A Carewire API key needs the scope `resources:read`. */
  credentials: Credentials;
  /** Where the host serves what; default: `carewirePaths`. For an Eka Care host: `ekaPaths`. */
  paths?: ResourcePaths;
  /** Sent with every request, for hosts that want more than a token. */
  headers?: Readonly<Record<string, string>>;
  /** Time for each try, in milliseconds; default 5,000. */
  timeoutMs?: number;
  /** Requests per fetch at most, the first included; default 3. */
  triesMax?: number;
  /** Waiting before the first retry at most, in milliseconds, doubled for the second; default 250. */
  backoffMs?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds; default 10,000. */
  retryAfterMsMax?: number;
  /** Answers kept to be asked for again by their ETag; default 500, 0 keeps none. */
  cacheEntriesMax?: number;
  /** Characters of all kept answers together; default 8 Mi. */
  cacheCharactersMax?: number;
}

const backoffMsMax = 5_000;
const answerBytesMax = 4 * 1024 * 1024;
const cacheCharactersMax = 8 * 1024 * 1024;

/** Fills in the defaults. */
export const limitsOf = (options: DetailsOptions): RetryPolicy & ExchangeLimits => ({
  timeoutMs: options.timeoutMs ?? 5_000,
  triesMax: options.triesMax ?? 3,
  backoffMs: options.backoffMs ?? 250,
  backoffMsMax,
  retryAfterMsMax: options.retryAfterMsMax ?? 10_000,
  answerBytesMax,
});

/** How much is kept. */
export const cacheLimitsOf = (options: DetailsOptions): { entriesMax: number; charactersMax: number } => ({
  entriesMax: options.cacheEntriesMax ?? 500,
  charactersMax: options.cacheCharactersMax ?? cacheCharactersMax,
});
