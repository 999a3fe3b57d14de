/** What any request may be told. */
export interface RequestOptions {
  /** Gives the request up: it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Time for each try, in milliseconds; default: the client's. */
  timeoutMs?: number;
}

/** What requests that are made once, however often they are sent, may be told. */
export interface IdempotentOptions extends RequestOptions {
  /**
   * Two requests with one key are one request, for 30 days. Default: a new key per call, so that retries are safe. Give
   * your own to be safe across restarts of your process as well.
   */
  idempotencyKey?: string;
}
