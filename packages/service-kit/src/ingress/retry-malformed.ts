import { hash } from "node:crypto";
import {
  type Acceptor,
  correctionAad,
  deadLetterAad,
  resolveDeadLetter,
  type Submission,
  type Vault,
} from "@carewire/bus";
import type { Sql, Transaction } from "@carewire/db";
import type { Clock } from "@carewire/envelope";
import { mapRequest, toEvents } from "./map-request.ts";
import type { BoundProvider } from "./provider.ts";
import { submitRequest } from "./submit-request.ts";

export interface RetryMalformedDeps {
  sql: Sql;
  vault: Vault;
  acceptor: Acceptor;
  clock: Clock;
  service: string;
  organizationId: string;
  providers: readonly BoundProvider[];
  /** Called at `ingress.before_resolve`; tests crash there. */
  failpoint(name: string): void;
}

/** A request that could not be mapped, and that somebody wants mapped again. */
interface RetryRow {
  id: string;
  retry_id: string;
  payload: Buffer | null;
  original_payload: Buffer | null;
  inbound_request_id: string | null;
  source_id: string;
  provider: string;
  source: string;
  content_type: string | null;
  message_id: string | null;
}

async function claim(tx: Transaction, deps: RetryMalformedDeps): Promise<RetryRow | null> {
  const names = deps.providers.map(({ provider }) => provider);
  const [row] = await tx<RetryRow[]>`
    select l.id, r.id retry_id, r.payload, l.original_payload, q.id inbound_request_id, l.source_id, s.provider,
      s.name source, coalesce(l.content_type, q.headers::jsonb ->> 'content-type') content_type,
      coalesce(l.message_id, q.external_id) message_id
    from sources s join dead_letters l on l.source_id = s.id and l.status = 'retrying'
    join dead_letter_retries r on r.dead_letter_id = l.id and r.outcome is null
    left join inbound_requests q on q.id = l.inbound_request_id
    where s.organization_id = ${deps.organizationId}::uuid and s.provider = any(${names}::text[])
    order by l.id limit 1 for update of l skip locked`;
  return row ?? null;
}

/** The body to map: the corrected one when there is one. Null when it is gone or does not open. */
async function openBody(
  { vault, organizationId }: RetryMalformedDeps,
  row: RetryRow,
): Promise<Buffer | null> {
  const sealed = row.payload ?? row.original_payload;
  if (sealed === null) return null;
  const dataKey = await vault.dataKey(organizationId);
  try {
    return dataKey.open(row.payload === null ? deadLetterAad(row.id) : correctionAad(row.retry_id), sealed);
  } catch {
    return null;
  }
}

const json = "application/json";

/** What the request was sent as; a corrected body may be JSON instead, of a provider that takes that too. */
function contentTypeOf(
  { contentTypes }: BoundProvider,
  { payload, content_type: sentAs }: RetryRow,
  body: Buffer,
) {
  const takesJson = contentTypes === "any" || contentTypes.includes(json);
  const isJsonInstead = payload !== null && takesJson && /^\s*\{/.test(body.toString("latin1", 0, 64));
  return isJsonInstead ? json : (sentAs ?? json);
}

/** Stores the events of the request; returns why it cannot, or null. */
async function mapAgain(deps: RetryMalformedDeps, row: RetryRow): Promise<string | null> {
  const { clock } = deps;
  const provider = deps.providers.find((known) => known.provider === row.provider);
  if (provider === undefined) throw new Error(`there is no provider ${row.provider} here`);
  const rawBody = await openBody(deps, row);
  if (rawBody === null) return "its body was erased, or does not open with the organization's key";
  const contentType = contentTypeOf(provider, row, rawBody);
  const messageId = row.message_id ?? undefined;
  const request = { rawBody, messageId, source: row.source, contentType, nowMs: clock.now() };
  const mapped = await mapRequest(provider, request);
  if (!mapped.ok) return mapped.reason;
  const bodyHash = hash("sha256", rawBody, "buffer");
  const origin = { ...deps, inboundRequestId: row.inbound_request_id, rawBody, bodyHash, traceparent: null };
  return store(deps, provider, {
    organizationId: deps.organizationId,
    scope: row.source_id,
    keyTtlDays: provider.keyTtlDays,
    inbound: null,
    events: toEvents(mapped, origin),
  });
}

/** A commit of its own, which the keys make safe to repeat should this process end before the letter is resolved. */
async function store(
  { acceptor }: RetryMalformedDeps,
  provider: BoundProvider,
  submission: Submission,
): Promise<string | null> {
  try {
    const stored = await submitRequest(provider, acceptor, submission);
    const isConflict = stored.some(({ status }) => status === "conflict");
    return isConflict ? "an event with its id and another body is there already" : null;
  } catch (error) {
    if (isDataError(error)) return "the database cannot hold what is in it";
    throw error;
  }
}

// SQLSTATE class 22, data exception, and 54, program limit exceeded: trying again would not help.
const isDataError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^(22|54)/.test(error.code);

async function reopen(tx: Transaction, { id, retry_id: retryId }: RetryRow, error: string): Promise<void> {
  await tx`
    with failed as (update dead_letter_retries set outcome = 'failed', error = ${error}, finished_at = now()
      where id = ${retryId}::uuid)
    update dead_letters set status = 'open', error = ${error}, attempts = least(attempts + 1, 32767)
    where id = ${id}::uuid`;
}

/**
 * Maps one request again that was kept as malformed and is to be retried: with the mapping as it is now, or the corrected
 * body. What it holds takes the way of every other event, the letter is resolved; or it is open again and says why. False
 * when there was none. Safe on several processes at once, and to be killed at any moment.
 */
export function retryMalformed(deps: RetryMalformedDeps): Promise<boolean> {
  return deps.sql.begin(async (tx) => {
    const row = await claim(tx, deps);
    if (row === null) return false;
    const error = await mapAgain(deps, row);
    deps.failpoint("ingress.before_resolve");
    if (error === null) await resolveDeadLetter(tx, row.id, row.retry_id);
    else await reopen(tx, row, error);
    return true;
  });
}
