import { type ApiErrorItem, CarewireApiError } from "./api-error.ts";
import type { HttpAnswer } from "./exchange.ts";
import type { Sent } from "./send-with-retries.ts";

const textCharactersMax = 1_000;
const itemsMax = 100;

const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value.slice(0, textCharactersMax) : null;

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function itemsOf(value: unknown): ApiErrorItem[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, itemsMax).map((item: Record<string, unknown> | null) => ({
    path: textOf(item?.path) ?? "",
    message: textOf(item?.message) ?? "",
    code: textOf(item?.code) ?? "",
  }));
}

function describeAnswer(what: string, answer: HttpAnswer, sent: Sent): CarewireApiError {
  const { status } = answer;
  const problem = parseObject(answer.text);
  const errors = itemsOf(problem.errors);
  const detail = textOf(problem.detail) ?? textOf(problem.title);
  const where = errors
    .map(({ path, message }) => `${path} ${message}`.trim())
    .join("; ")
    .slice(0, textCharactersMax);
  const isRedirect = status === 0 || (status >= 300 && status <= 399);
  const said = isRedirect ? "answered with a redirect: check the base URL" : `answered ${status}`;
  const message = [`${what} ${said}`, detail, where].filter(Boolean).join(": ");
  return new CarewireApiError(message, {
    code: isRedirect ? "redirected" : (textOf(problem.code) ?? `http_${status}`),
    status,
    errors,
    requestId: textOf(problem.request_id) ?? answer.headers.get("x-request-id"),
    retryAfterMs: sent.retryAfterMs,
    tries: sent.tries,
  });
}

/** Puts what went wrong with `what` (a method and a path without ids) into an error. */
export function errorOf(what: string, sent: Sent, timeoutMs: number): CarewireApiError {
  const { tries } = sent;
  const after = tries === 1 ? "" : ` (tried ${tries} times)`;
  switch (sent.kind) {
    case "answered":
      return describeAnswer(what, sent.answer, sent);
    case "timeout": {
      const message = `${what}: no complete answer within ${timeoutMs} ms${after}`;
      return new CarewireApiError(message, { code: "timeout", status: null, tries });
    }
    case "network": {
      const message = `${what}: the host could not be reached${after}; \`cause\` says why`;
      return new CarewireApiError(message, { code: "network_error", status: null, tries, cause: sent.cause });
    }
    case "too_large": {
      const message = `${what}: the answer is larger than this client accepts`;
      return new CarewireApiError(message, { code: "answer_too_large", status: null, tries });
    }
  }
}
