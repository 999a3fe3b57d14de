/** One thing that was wrong with a request: a dotted path into what was sent, and why. */
export interface ApiErrorItem {
  path: string;
  message: string;
  code: string;
}

/** What a {@link CarewireApiError} is made of. */
export interface ApiErrorDetails {
  code: string;
  status: number | null;
  errors?: readonly ApiErrorItem[];
  requestId?: string | null;
  retryAfterMs?: number | null;
  tries?: number;
  cause?: unknown;
}

/**
 * A request that did not succeed, after every retry that was safe. `message` says what to do and holds no key and no
 * data that was sent.
 */
export class CarewireApiError extends Error {
  override readonly name = "CarewireApiError";
  /** Machine-readable: the API's own (`invalid_body`, `not_found`, …), `http_<status>`, `timeout`, `network_error`, `credentials_invalid`. */
  readonly code: string;
  /** HTTP status of the last answer; null when there was none. */
  readonly status: number | null;
  /** Where the request was wrong; empty unless the API said so. */
  readonly errors: readonly ApiErrorItem[];
  /** Names the request in Carewire's logs; null when the answer told none. */
  readonly requestId: string | null;
  /** For how long the API asked to be left alone, in milliseconds; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** Requests that were sent. */
  readonly tries: number;

  constructor(message: string, details: ApiErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.errors = details.errors ?? [];
    this.requestId = details.requestId ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.tries = details.tries ?? 1;
  }

  /** True when the same request may succeed later: no answer, 429 or 5xx. */
  get retryable(): boolean {
    return this.status === null
      ? ["timeout", "network_error"].includes(this.code)
      : this.status === 429 || this.status >= 500;
  }
}
