import type { DataKey, Vault } from "@carewire/bus";
import type { CreateSubscription } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { streamShard } from "@carewire/delivery";
import { type Clock, newId, publicId } from "@carewire/envelope";
import type { Principal, ProblemItem } from "@carewire/service-kit";
import type postgres from "postgres";
import type { ApiLimits } from "../limits.ts";
import { actorOf } from "../tenancy/actor.ts";
import { findAccount, unknownAccount } from "../tenancy/find-account.ts";
import { announce, wakeRouting } from "./announce.ts";
import type { DestinationGuard } from "./check-destination.ts";
import { choiceMistakes, transportMistakes } from "./choices.ts";
import { insertSecret } from "./live-secrets.ts";
import { prepareChoices, type Refusal } from "./prepare-choices.ts";
import { problemOfMistakes } from "./problem-of-mistakes.ts";
import {
  type AcceptedCertificate,
  authColumns,
  certificateColumns,
  headerColumns,
} from "./protected-columns.ts";
import { refuseWhenFull } from "./refuse-when-full.ts";
import { createSecret, publicKeyOf, type SigningKind, secretMistake } from "./signing-secret.ts";
import { headerMistakes, mergeHeaders } from "./static-headers.ts";
import { kindOf, type SubscriptionRow } from "./subscription-row.ts";
import { writePatterns } from "./write-patterns.ts";

export interface RegisterDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
  guard: DestinationGuard;
  /** Returns that many random bytes. */
  random: (byteCount: number) => Uint8Array;
  limits: Pick<ApiLimits, "subscriptionsMax">;
}

/** Which interface a subscription is made through. */
export interface Origin {
  /** Another product whose interface it is; null: our own. */
  compatibility: "mycure" | "eka" | null;
  /** That product's own rules for what is about to be stored; runs in its transaction. */
  check?(
    tx: postgres.TransactionSql,
    place: { accountId: string | null; url: string },
  ): Promise<Refusal | null>;
}

/** Our own interface, which has no rules but ours. */
export const ownOrigin: Origin = { compatibility: null };

/** A new subscription with its secret, or why there is none. */
export type Registration = { outcome: "created"; row: SubscriptionRow; secret: string } | Refusal;

/** A body that was checked, and everything that its row needs besides. */
interface NewSubscription {
  id: string;
  body: CreateSubscription;
  certificate: AcceptedCertificate | null;
  secret: string;
  kind: SigningKind;
  origin: Origin;
  dataKey: DataKey;
  now: Date;
}

const noHeaders = { shown: {}, sensitive: {} };

function mistakesIn(body: CreateSubscription): ProblemItem[] {
  const headers = mergeHeaders(body, noHeaders);
  const kind = kindOf(body);
  const mistake = body.secret === undefined ? null : secretMistake(kind, body.secret);
  return [
    ...transportMistakes(body.transport, body, true),
    ...headerMistakes(body, headers),
    ...choiceMistakes({
      kind,
      sensitiveHeaders: Object.keys(headers.sensitive),
      hasEndpointAuth: body.endpoint_auth !== null,
    }),
    ...(mistake === null ? [] : [{ path: "secret", message: mistake, code: "invalid_secret" }]),
  ];
}

/** A stream has no address; it was checked that all others have one. */
const storedUrl = ({ url }: CreateSubscription): string => url ?? "stream:";

/** The columns that the body decides, secrets sealed. */
function chosenColumns(tx: postgres.TransactionSql, subscription: NewSubscription) {
  const { id, body, certificate, dataKey } = subscription;
  const { secret: _secret, account_id: _account, client_certificate: _certificate, ...chosen } = body;
  const { shown, sensitive } = mergeHeaders(body, noHeaders);
  return {
    ...chosen,
    metadata: tx.json(body.metadata as postgres.JSONValue),
    filter: body.filter === null ? null : tx.json(body.filter as postgres.JSONValue),
    headers: tx.json(shown),
    ...headerColumns(dataKey, id, sensitive),
    ...authColumns(dataKey, id, body.endpoint_auth),
    ...certificateColumns(dataKey, id, certificate),
  };
}

async function insertSubscription(
  tx: postgres.TransactionSql,
  principal: Principal,
  accountId: string | null,
  subscription: NewSubscription,
): Promise<SubscriptionRow> {
  const { id, secret, kind, origin, now } = subscription;
  const [place] = await tx<
    { shard: number }[]
  >`select (hashtextextended(${id}::text, 0) & 63)::smallint as shard`;
  const columns = {
    ...chosenColumns(tx, subscription),
    id,
    organization_id: principal.organizationId,
    account_id: accountId,
    public_key: publicKeyOf(kind, secret),
    url: storedUrl(subscription.body),
    shard: subscription.body.transport === "stream" ? streamShard : (place?.shard ?? 0),
    compatibility: origin.compatibility,
    created_by: actorOf(principal),
    created_at: now,
    updated_at: now,
  };
  const [row] = await tx<SubscriptionRow[]>`insert into subscriptions ${tx(columns)} returning *`;
  if (row === undefined) throw new Error("insert into subscriptions returned no row");
  return row;
}

function storeSubscription(
  { sql, vault, limits }: RegisterDeps,
  principal: Principal,
  subscription: NewSubscription,
): Promise<Registration> {
  const { organizationId } = principal;
  const { body, secret, dataKey, now } = subscription;
  return withTenant(sql, organizationId, async (tx): Promise<Registration> => {
    const account = await findAccount(tx, principal, body.account_id);
    if (!account.ok) return { outcome: "refused", code: "validation_failed", details: unknownAccount };
    const place = { accountId: account.accountId, url: storedUrl(body) };
    const refusal =
      (await refuseWhenFull(tx, organizationId, limits.subscriptionsMax)) ??
      (await subscription.origin.check?.(tx, place));
    if (refusal) return refusal;
    const row = await insertSubscription(tx, principal, account.accountId, subscription);
    await insertSecret(tx, { organizationId, subscriptionId: row.id, dataKey, now }, secret, []);
    await writePatterns(tx, row);
    await announce(tx, vault, row, { type: "endpoint.created" }, now);
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: "subscription.created",
      target: publicId("sub", row.id),
      detail: { events: row.events, active: row.active },
      now,
    });
    return { outcome: "created", row, secret };
  });
}

/** Checks and stores a new subscription. */
export async function registerSubscription(
  deps: RegisterDeps,
  principal: Principal,
  given: CreateSubscription,
  origin: Origin,
): Promise<Registration> {
  const now = new Date(deps.clock.now());
  const prepared = await prepareChoices(deps.guard, given, now);
  if (prepared.outcome === "refused") return prepared;
  const { given: body, certificate } = prepared;
  const mistakes = mistakesIn(body);
  if (mistakes.length > 0) {
    return { outcome: "refused", code: "validation_failed", details: problemOfMistakes(mistakes) };
  }
  const kind = kindOf(body);
  const secret = body.secret ?? createSecret(kind, deps.random);
  const id = newId(now.getTime());
  const dataKey = await deps.vault.dataKey(principal.organizationId);
  const subscription = { id, body, certificate, secret, kind, origin, dataKey, now };
  const registration = await storeSubscription(deps, principal, subscription);
  if (registration.outcome === "created") await wakeRouting(deps.sql);
  return registration;
}
