/** How a {@link WebhookError} is to be answered. */
export interface WebhookErrorOptions {
  /** Machine-readable; default `rejected`. */
  code?: string;
  /** Whether the same event may succeed later; default true. When false, its retries end. */
  retryable?: boolean;
  /** When to come again, in seconds: for errors that are `retryable`. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * Throw it in a listener to say what shall follow: `retryable: false` ends the retries of this event (it stays replayable),
 * `retryAfterSeconds` says when to come again. Every other error is answered 500 and retried by the sender's schedule. The
 * message is for your logs and is never sent.
 */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, options: WebhookErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? "rejected";
    this.retryable = options.retryable ?? true;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** Whether an error is a {@link WebhookError}, also one of the package's other module system (ESM beside CommonJS). */
export function isWebhookError(error: unknown): error is WebhookError {
  if (error instanceof WebhookError) return true;
  return error instanceof Error && error.name === "WebhookError" && "retryAfterSeconds" in error;
}
