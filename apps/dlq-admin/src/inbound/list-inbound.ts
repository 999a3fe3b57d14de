import { dlqContract } from "@carewire/contracts";
import type { Queryable } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { beyondId, type PageRead, withinTime } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { Access } from "../access/access.ts";
import type { DlqDeps } from "../deps.ts";
import { withinAccess } from "../entries/entry-row.ts";
import { answerPage } from "../lists/answer-page.ts";
import { type InboundRow, inboundColumns, presentInbound } from "./inbound-row.ts";

/** Accepted requests are looked for among so many of each source; the other verdicts have indexes of their own. */
const lookedAtMax = 2_000;
/** Sources whose requests are merged into one list, the newest ones. */
const sourcesMax = 1_000;

interface Filters {
  source_id?: string | undefined;
  provider?: string | undefined;
  verdict?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

const depthOf = ({ verdict }: Filters, { limit }: PageRead) => (verdict === "accepted" ? lookedAtMax : limit);

/** What the indexes of refused requests are asked for; their condition must stand there in so many words. */
const ofVerdict = (tx: Queryable, { verdict }: Filters) =>
  verdict === undefined || verdict === "accepted"
    ? tx``
    : tx`and r.verdict = ${verdict} and r.verdict <> 'accepted'`;

/**
 * The next requests in the order of the list: through the index of the sources that can have them, the newest of each,
 * or, when that could be any, by id.
 */
function lookAt(tx: Queryable, access: Access, filters: Filters, page: PageRead) {
  const { condition, order } = beyondId(tx, "r.id", page.position);
  const within = tx`${condition} ${withinTime(tx, "r.id", filters.since, filters.until)} ${ofVerdict(tx, filters)}`;
  const depth = depthOf(filters, page);
  const { source_id: source, provider } = filters;
  if (access.organizationId === null && source === undefined && provider === undefined) {
    return tx`select r.* from inbound_requests r where ${within} order by ${order} limit ${depth}`;
  }
  const sourceId = source === undefined ? null : parsePublicId("src", source);
  return tx`
    select r.* from (
      select s.id from sources s where ${withinAccess(tx, "s", access)}
        ${source === undefined ? tx`` : tx`and s.id = ${sourceId}::uuid`}
        ${provider === undefined ? tx`` : tx`and s.provider = ${provider}`}
      order by s.id desc limit ${sourcesMax}) s
    cross join lateral (
      select r.* from inbound_requests r where r.source_id = s.id and ${within} order by ${order} limit ${depth}) r
    order by ${order} limit ${depth}`;
}

function readInbound(tx: Queryable, access: Access, filters: Filters, page: PageRead) {
  const { verdict } = filters;
  return tx<InboundRow[]>`
    select ${inboundColumns(tx)} from (${lookAt(tx, access, filters, page)}) r left join sources s on s.id = r.source_id
    ${verdict === undefined ? tx`` : tx`where r.verdict = ${verdict}`}
    order by ${beyondId(tx, "r.id", page.position).order} limit ${page.limit}`;
}

async function readHorizon(tx: Queryable, access: Access, filters: Filters, page: PageRead) {
  if (filters.verdict !== "accepted") return null;
  const [row] = await tx<{ id: string }[]>`
    select id from (${lookAt(tx, access, filters, page)}) r offset ${lookedAtMax - 1} limit 1`;
  return row === undefined ? null : [row.id];
}

/** `GET /admin/inbound-requests` */
export function createListInbound(deps: DlqDeps) {
  return initServer().route(dlqContract.inboundRequests.list, ({ query, res }) => {
    const { limit: _limit, cursor: _cursor, organization_id: _organization, ...filters } = query;
    return answerPage(deps, res, {
      list: "inbound",
      query,
      filters,
      read: (tx, access, page) => readInbound(tx, access, filters, page),
      horizon: (tx, access, page) => readHorizon(tx, access, filters, page),
      idsOf: (row: InboundRow) => [row.id],
      present: presentInbound,
    });
  });
}
