import { createPublisher, type DataKey, type EventDraft, type Vault } from "@carewire/bus";
import { apiContract, type PutCustomer } from "@carewire/contracts";
import { appendAudit, type Sql, withTenant } from "@carewire/db";
import { type Clock, newId } from "@carewire/envelope";
import { type Principal, principalOf, readTraceparent } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type postgres from "postgres";
import { wakeRouting } from "../subscriptions/announce.ts";
import { actorOf } from "../tenancy/actor.ts";
import { type CustomerNews, changeCustomer, regionCodeOf } from "./change-customer.ts";
import {
  type CustomerRow,
  findCustomer,
  openPersonal,
  presentCustomer,
  sealPersonal,
} from "./customer-row.ts";
import { organizationsCustomers } from "./organizations-customers.ts";

export interface CustomerDeps {
  sql: Sql;
  vault: Vault;
  clock: Clock;
}

/** A customer as it is to be, with what writing it needs besides. */
interface Wanted {
  customerId: string;
  next: PutCustomer;
  dataKey: DataKey;
  now: Date;
  traceparent: string | null;
}

type Put = { outcome: "created" | "changed" | "unchanged"; row: CustomerRow };

/** Makes this transaction the only one that decides about the customer: a first one finds no row to lock. */
async function lockCustomer(tx: postgres.TransactionSql, organizationId: string, customerId: string) {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`customers:${organizationId}:${customerId}`}, 0))`;
}

async function write(
  tx: postgres.TransactionSql,
  organizationId: string,
  { customerId, next, dataKey, now }: Wanted,
): Promise<CustomerRow> {
  const name = { organization_id: organizationId, customer_id: customerId };
  const [row] = await tx<CustomerRow[]>`
    insert into customers (organization_id, customer_id, region_code, personal, created_at, updated_at)
    values (${organizationId}, ${customerId}, ${regionCodeOf(next)}, ${sealPersonal(dataKey, name, next)}, ${now}, ${now})
    on conflict (organization_id, customer_id) do update set region_code = excluded.region_code,
      personal = excluded.personal, updated_at = greatest(excluded.updated_at, customers.updated_at)
    returning *`;
  if (row === undefined) throw new Error("writing a customer returned no row");
  return row;
}

const toDrafts = (
  organizationId: string,
  { customerId, now, traceparent }: Wanted,
  news: CustomerNews[],
): EventDraft[] =>
  news.map(({ type, data }) => ({
    id: newId(now.getTime()),
    organizationId,
    type,
    subject: customerId,
    sourceService: "api",
    occurredAt: now,
    body: Buffer.from(JSON.stringify(data)),
    traceparent,
  }));

function put({ sql, vault }: CustomerDeps, principal: Principal, wanted: Wanted): Promise<Put> {
  const { organizationId } = principal;
  const { customerId, next, dataKey, now } = wanted;
  return withTenant(sql, organizationId, async (tx): Promise<Put> => {
    await lockCustomer(tx, organizationId, customerId);
    const before = await findCustomer(tx, organizationId, customerId);
    const news = changeCustomer(customerId, before && openPersonal(dataKey, before), next);
    if (before !== null && news.length === 0) return { outcome: "unchanged", row: before };
    const row = await write(tx, organizationId, wanted);
    await createPublisher({ vault }).publish(tx, toDrafts(organizationId, wanted, news));
    await appendAudit(tx, {
      organizationId,
      actor: actorOf(principal),
      action: before === null ? "customer.created" : "customer.updated",
      target: `customer/${customerId}`,
      detail: {},
      now,
    });
    return { outcome: before === null ? "created" : "changed", row };
  });
}

/** `PUT /v1/customers/:id` */
export function createPutCustomer(deps: CustomerDeps) {
  return initServer().route(apiContract.customers.put, async ({ params, body, req, res }) => {
    const principal = principalOf(res);
    if (principal.accountId !== null) return organizationsCustomers(res);
    // Before the transaction: a key that is not at hand needs a connection of its own.
    const dataKey = await deps.vault.dataKey(principal.organizationId);
    const wanted = {
      customerId: params.id,
      next: body,
      dataKey,
      now: new Date(deps.clock.now()),
      traceparent: readTraceparent(req.headers.traceparent),
    };
    const { outcome, row } = await put(deps, principal, wanted);
    if (outcome !== "unchanged") await wakeRouting(deps.sql);
    return { status: outcome === "created" ? 201 : 200, body: presentCustomer(row, body) };
  });
}
