import { type SendOutcome, withoutSecrets } from "@carewire/delivery";
import type { Clock } from "@carewire/envelope";
import type { ClientIdentity } from "./client-identity.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import type { Oauth2Client } from "./endpoint-auth.ts";
import { Exchange } from "./exchange.ts";
import type { OauthTokens, TokenOutcome } from "./oauth-tokens.ts";
import type { Pools } from "./pools.ts";

export interface PostRequest {
  origin: string;
  path: string;
  /** Name, value, name, value, … exactly as sent, but for the token of `oauth`. */
  headers: string[];
  body: Buffer;
  oauth: Oauth2Client | null;
  identity: ClientIdentity | null;
  /** Called once when the answer is overdue but not yet given up. */
  onOverdue(): void;
  /** Called exactly once. `note`: what happened before the outcome, in words; null when nothing worth a word did. */
  onOutcome(outcome: SendOutcome, durationMs: number, note: string | null): void;
}

export interface PosterDeps {
  pools: Pools;
  tokens: OauthTokens;
  clock: Clock;
  /** Ends the attempt: token, connect, headers and body together. */
  deadlines: Deadlines;
  /** Marks the attempt as slow. */
  overdues: Deadlines;
  timeoutMs: number;
  /** Told about every outcome before whoever asked for it. */
  onOutcome(outcome: SendOutcome): void;
}

/**
 * POSTs through the origin's pool. Never throws, never follows redirects, never decompresses. A connection that did not
 * come about is tried once more at once, and a request answered by 401 once more with a new token.
 */
export function createPoster(deps: PosterDeps): (request: PostRequest) => void {
  return (request) => new Attempt(deps, request).start();
}

const isUnauthorized = (outcome: SendOutcome) => outcome.kind === "response" && outcome.status === 401;

/** An endpoint may send back what it was sent; attempts keep response headers as they are. */
function withoutToken(outcome: SendOutcome, token: string): SendOutcome {
  if (outcome.kind !== "response") return outcome;
  const clean = Object.entries(outcome.headers).map(([name, value]) => [
    name,
    withoutSecrets(value, [token]),
  ]);
  return { ...outcome, headers: Object.fromEntries(clean) };
}

/** One attempt: its deadline, and the requests it takes. */
class Attempt {
  readonly #deps: PosterDeps;
  readonly #request: PostRequest;
  readonly #startedAtMs: number;
  readonly #deadline: Deadline;
  readonly #overdue: Deadline;
  /** null while it waits for a token. */
  #exchange: Exchange | null = null;
  /** Sent with the exchange under way. */
  #token: string | null = null;
  #settled = false;
  /** Why the first connection did not come about. */
  #firstFault: string | null = null;
  #renewed = false;

  constructor(deps: PosterDeps, request: PostRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#startedAtMs = deps.clock.now();
    this.#deadline = deps.deadlines.add(() => this.#giveUp());
    this.#overdue = deps.overdues.add(() => request.onOverdue());
  }

  start(): void {
    const { oauth, headers } = this.#request;
    if (oauth === null) this.#dispatch(headers, null);
    else this.#authorize(this.#deps.tokens.get(oauth));
  }

  #authorize(asked: Promise<TokenOutcome>): void {
    this.#exchange = null;
    void asked.then((outcome) => {
      if (outcome.kind !== "token") return this.#settle(outcome);
      const authorization = `Bearer ${outcome.token}`;
      this.#dispatch([...this.#request.headers, "authorization", authorization], outcome.token);
    });
  }

  #dispatch(headers: string[], token: string | null): void {
    if (this.#settled) return;
    const { origin, path, body, oauth, identity } = this.#request;
    const exchange = new Exchange((outcome, unsent) => {
      if (unsent && this.#firstFault === null && outcome.kind === "network") {
        this.#firstFault = outcome.detail;
        // Not from within the client's own error handling, which still holds the failed connection's queue.
        setImmediate(() => this.#dispatch(headers, token));
      } else if (oauth !== null && token !== null && isUnauthorized(outcome) && !this.#renewed) {
        this.#renewed = true;
        this.#authorize(this.#deps.tokens.renew(oauth, token));
      } else this.#settle(token === null ? outcome : withoutToken(outcome, token));
    });
    this.#exchange = exchange;
    this.#token = token;
    try {
      this.#deps.pools.of(origin, identity).dispatch({ method: "POST", path, headers, body }, exchange);
    } catch (error) {
      exchange.onResponseError(null, error as Error);
    }
  }

  #giveUp(): void {
    const { timeoutMs } = this.#deps;
    const waitsForToken = this.#exchange === null;
    const partial = this.#exchange?.giveUp() ?? null;
    if (partial !== null) this.#settle(this.#token === null ? partial : withoutToken(partial, this.#token));
    else if (waitsForToken) this.#settle({ kind: "auth_failed", detail: `no token within ${timeoutMs} ms` });
    else this.#settle({ kind: "timeout", timeoutMs });
  }

  #settle(outcome: SendOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#deadline.expire = null;
    this.#overdue.expire = null;
    const durationMs = this.#deps.clock.now() - this.#startedAtMs;
    this.#deps.onOutcome(outcome);
    const first = this.#firstFault;
    if (first === null) this.#request.onOutcome(outcome, durationMs, null);
    else if (outcome.kind === "network" && outcome.detail === first)
      this.#request.onOutcome({ ...outcome, detail: `${first}, tried twice` }, durationMs, null);
    else this.#request.onOutcome(outcome, durationMs, `the first try found ${first}`);
  }
}
