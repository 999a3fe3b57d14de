/** What is used of `http.IncomingMessage`, and what body parsers leave on it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly readableDidRead?: boolean;
  readonly readableEnded?: boolean;
  readonly rawBody?: unknown;
  readonly body?: unknown;
  on(event: string, listener: (chunk: Uint8Array) => void): unknown;
}

/** What is used of `http.ServerResponse`. */
export interface NodeResponse {
  readonly headersSent?: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}
