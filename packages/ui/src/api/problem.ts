/** One wrong field of a refused request. */
export interface ProblemField {
  path: string;
  message: string;
}

/** A request that the server answered with a problem, or could not be asked at all (status 0). */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: ProblemField[];
  readonly requestId: string | null;

  constructor(problem: {
    status: number;
    code: string;
    message: string;
    fields?: ProblemField[];
    requestId?: string | null;
  }) {
    super(problem.message);
    this.name = "ProblemError";
    this.status = problem.status;
    this.code = problem.code;
    this.fields = problem.fields ?? [];
    this.requestId = problem.requestId ?? null;
  }
}

/** The sentence to show for whatever was thrown. */
export function explainError(error: unknown): string {
  if (!(error instanceof ProblemError))
    return "Something unexpected happened. Reload the page and try again.";
  const fields = error.fields.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return [error.message, ...fields].join(" ");
}

/** What a response that is not 2xx says; bodies that are no problem document get a sentence by their status. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = isRecord(body) ? body : {};
  return new ProblemError({
    status: response.status,
    code: text(problem.code) ?? "unknown",
    message: text(problem.detail) ?? text(problem.title) ?? describeStatus(response.status),
    fields: Array.isArray(problem.errors) ? problem.errors.flatMap(readField) : [],
    requestId: text(problem.request_id) ?? response.headers.get("x-request-id"),
  });
}

function readField(field: unknown): ProblemField[] {
  if (!isRecord(field)) return [];
  const message = text(field.message) ?? text(field.detail);
  const path = Array.isArray(field.path) ? field.path.join(".") : (text(field.path) ?? "");
  return message ? [{ path, message }] : [];
}

function describeStatus(status: number): string {
  if (status === 401) return "You are signed out.";
  if (status === 403) return "Your role does not allow this.";
  if (status === 404) return "There is nothing under this address.";
  if (status === 429) return "Too many requests at once. Try again in a moment.";
  if (status >= 500) return "The server could not answer. Try again in a moment.";
  return `The server refused the request (${status}).`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
