import { createPublisher, payloadAad, type Vault } from "@carewire/bus";
import { eventTypes, newId, systemClock } from "@carewire/envelope";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDlq, type TestDlq } from "../testing/start-test-dlq.ts";
import { isAlert } from "./alert-rule.ts";
import { type LookDeps, lookAtDepths } from "./look-at-depths.ts";

let dlq: TestDlq;
beforeAll(async () => {
  dlq = await startTestDlq();
});
afterAll(() => dlq.stop());

const rule = { depthMax: 3, ageSecondsMax: 3_600 };
const nowMs = Date.parse("2026-04-18T10:30:00Z");
const at = (ageSeconds: number) => new Date(nowMs - ageSeconds * 1_000);

test.each([
  [0, null, false],
  [2, at(3_599), false],
  [3, at(0), true],
  [1, at(3_600), true],
])("%i open, the oldest from %s: alert %s", (depth, oldestAt, expected) => {
  expect(isAlert({ depth, oldestAt }, rule, nowMs)).toBe(expected);
});

const lines: [string, object][] = [];
const seen: object[] = [];
function lookDeps(): LookDeps {
  const logger = {
    info: (fields: object) => void lines.push(["info", fields]),
    warn: (fields: object) => void lines.push(["warn", fields]),
  } as unknown as LookDeps["logger"];
  return {
    sql: dlq.serviceSql,
    publisher: createPublisher({ vault: dlq.vault }),
    clock: systemClock,
    waker: { wake() {} },
    logger,
    metrics: { set: (gauges) => void seen.push(gauges) },
    alertRule: rule,
  };
}

const alertsSent = async () => {
  const rows = await dlq.sql<{ id: string; type: string; organization_id: string; body: Buffer }[]>`
    select e.id, e.type, e.organization_id, p.body from events e join event_payloads p on p.id = e.id
    where e.type like 'dead\\_letters.%' order by e.id`;
  return Promise.all(
    rows.map(async ({ id, type, organization_id: organizationId, body }) => {
      const payload = JSON.parse(
        (await dlq.vault.dataKey(organizationId)).open(payloadAad(id), body).toString(),
      );
      expect(eventTypes.get(type)?.schema.safeParse(payload).success).toBe(true);
      return { type, payload };
    }),
  );
};

test("an alert is raised once, however many look, told to the organization in that commit, and cleared once", async () => {
  const insert = () => dlq.sql`
    insert into dead_letters (id, organization_id, topic, cause, error, original_payload)
    values (${newId(Date.now())}, ${dlq.tenant.organizationId}, 'cari.x.y', 'handler', 'x', '')`;
  await insert();
  await insert();
  await lookAtDepths(lookDeps());
  expect(await alertsSent()).toEqual([]);
  expect(seen.at(-1)).toMatchObject({ depth: 2, alerts: 0 });
  await insert();
  await Promise.all([1, 2, 3].map(() => lookAtDepths(lookDeps())));
  await lookAtDepths(lookDeps());
  expect(await alertsSent()).toMatchObject([
    { type: "dead_letters.alert_raised", payload: { organization_id: dlq.tenant.organization, depth: 3 } },
  ]);
  expect(lines.filter(([level]) => level === "warn")).toHaveLength(1);
  expect(seen.at(-1)).toMatchObject({ depth: 3, alerts: 1 });
  await dlq.sql`update dead_letters set status = 'resolved'`;
  await Promise.all([1, 2, 3].map(() => lookAtDepths(lookDeps())));
  expect(await alertsSent()).toMatchObject([
    { type: "dead_letters.alert_raised" },
    { type: "dead_letters.alert_cleared", payload: { depth: 0 } },
  ]);
  expect(seen.at(-1)).toEqual({ depth: 0, oldestAgeSeconds: 0, alerts: 0 });
});

test("an organization whose alert cannot be told keeps nobody else's back", async () => {
  const letters = ({ organizationId }: { organizationId: string }) => dlq.sql`
    insert into dead_letters (id, organization_id, topic, cause, error, original_payload)
    select uuidv7(), ${organizationId}, 'cari.x.y', 'handler', 'x', '' from generate_series(1, 3)`;
  await letters(dlq.tenant);
  await letters(dlq.stranger);
  const vault: Vault = {
    dataKey: async (organizationId) => {
      if (organizationId === dlq.tenant.organizationId) throw new Error("its key does not open");
      return dlq.vault.dataKey(organizationId);
    },
  };
  const deps = { ...lookDeps(), publisher: createPublisher({ vault }) };
  await expect(lookAtDepths(deps)).rejects.toThrow(/some organizations/);
  const standing = await dlq.sql`select organization_id from dead_letter_alerts`;
  expect(standing).toEqual([{ organization_id: dlq.stranger.organizationId }]);
});
