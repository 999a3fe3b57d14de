import type { Answer } from "./receiver-answer.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** What a fake of a mobile money provider's API has in common with the other. */
export type FakeMobileMoney = {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  url: string;
  /** Answers the next status reads with these instead, one each: delays, error bodies, contradictions. */
  interject(...answers: Answer[]): void;
  /** From now on none of the tokens given out is valid. */
  revokeTokens(): void;
  /** Requests so far, by what they asked for. */
  counts(): { token: number; start: number; status: number };
  /** Stops listening. */
  close(): Promise<void>;
};

export const jsonAnswer = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** The request's body as a JSON object; an empty one when it is none. */
export function jsonBodyOf(request: RecordedRequest): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(request.body.toString());
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** Bearer tokens of a fake: issued, counted up, revoked together. */
export function createFakeTokens() {
  let valid = new Set<string>();
  let issued = 0;
  return {
    issue(): string {
      const token = `fake-token-${++issued}`;
      valid.add(token);
      return token;
    },
    has: (request: RecordedRequest): boolean =>
      valid.has(/^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? ""),
    revoke(): void {
      valid = new Set();
    },
  };
}
