import { CliError, type ExitCode, exitCodes } from "../exit-codes.ts";

export interface ApiRequest {
  method: string;
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  /** Default 30,000. */
  timeoutMs?: number;
}

/** Sends one request and returns the parsed answer. Rejects with a {@link CliError}. */
export type SendRequest = (request: ApiRequest) => Promise<Record<string, unknown>>;

export interface ApiPlace {
  url: string;
  apiKey: string;
  fetch: typeof globalThis.fetch;
}

const timeoutMsDefault = 30_000;

export function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.unauthorized;
  if (status === 404) return exitCodes.notFound;
  return status >= 500 || status === 429 ? exitCodes.unreachable : exitCodes.failed;
}

/** Joins an address, which was looked at before, and a path. */
export const addressOf = (url: string, path: string): URL => new URL(`${url.replace(/\/+$/, "")}${path}`);

/** What a refusal says, with every field it names. */
export async function problemOf(response: Response): Promise<CliError> {
  const text = await response.text().catch(() => "");
  let problem: Record<string, unknown> = {};
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Whatever answered there, it was not the API.
  }
  const said = typeof problem.detail === "string" ? problem.detail : `answered ${response.status}`;
  const errors = Array.isArray(problem.errors)
    ? (problem.errors as { path?: string; message?: string }[])
    : [];
  const lines = errors.map(({ path, message }) => `\n  ${path}: ${message}`);
  return new CliError(`${said}${lines.join("")}`, exitCodeOf(response.status), {
    status: response.status,
    code: problem.code,
    request_id: problem.request_id,
    ...(errors.length > 0 ? { errors } : {}),
  });
}

/** What it means that nobody answered. */
export function unreachable(origin: string, error: unknown): CliError {
  const { code, message } = (error instanceof Error ? (error.cause ?? error) : {}) as NodeJS.ErrnoException;
  const cause =
    error instanceof Error && error.name === "TimeoutError" ? error.name : (code ?? message ?? "");
  const why = cause === "TimeoutError" ? "no answer in time" : cause;
  return new CliError(
    `${origin} cannot be reached (${why}). Is it running, and is the address right?`,
    exitCodes.unreachable,
  );
}

/** Reads an answer to its end. Rejects with a {@link CliError} when the connection is cut before. */
export function textOf(response: Response, origin: string): Promise<string> {
  return response.text().catch((error: unknown) => {
    throw unreachable(origin, error);
  });
}

/** Builds what sends requests that the SDK's client has no method for. */
export function createSendRequest({ url, apiKey, fetch }: ApiPlace): SendRequest {
  return async ({ method, path, query = {}, body, timeoutMs = timeoutMsDefault }) => {
    const address = addressOf(url, path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value));
    }
    const response = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    }).catch((error: unknown) => {
      throw unreachable(address.origin, error);
    });
    if (!response.ok) throw await problemOf(response);
    const text = await textOf(response, address.origin);
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}
