import { migrations } from "@carewire/db";
import { firstIdAt, newId } from "@carewire/envelope";
import type { Position } from "@carewire/service-kit";
import { createTestDatabase, type TestDatabase } from "@carewire/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeliveryFilters, readDeliveries, readHorizon } from "./read-deliveries.ts";

const organizationId = newId(Date.now());
const minuteMs = 60_000;
const start = Date.parse("2026-03-01T00:00:00Z");
const lookMax = 3;
/** How many deliveries each event has, oldest event first, one every 20 minutes. */
const deliveriesOfEvents = [1, 0, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 1, 1, 0, 3, 0, 0, 0, 0];

let database: TestDatabase;
/** The organization's deliveries in the order of the list, newest first. */
const listed: { id: string; madeMs: number }[] = [];

async function insertEvent(atMs: number, count: number): Promise<void> {
  const eventId = newId(atMs);
  await database.sql`insert into events (id, organization_id, type, source_service, occurred_at, body_bytes)
    values (${eventId}, ${organizationId}, 'order.paid', 'test', now(), 2)`;
  // The first lies before its event, as by another clock; the last ones are replays of a day later.
  const madeMs = [atMs - 30 * minuteMs, atMs + 1_000, atMs + 1_440 * minuteMs, atMs + 1_441 * minuteMs];
  const made = madeMs.slice(0, count).map((ms) => ({ id: newId(ms), madeMs: ms }));
  for (const { id } of made) {
    await database.sql`insert into deliveries (id, organization_id, event_id, destination_id, status)
      values (${id}, ${organizationId}, ${eventId}, ${newId(0)}, 2)`;
  }
  listed.unshift(...made.reverse());
}

beforeAll(async () => {
  database = await createTestDatabase(migrations);
  for (const [n, count] of deliveriesOfEvents.entries()) await insertEvent(start + n * 20 * minuteMs, count);
});
afterAll(() => database.drop());

async function readPageAt(position: Position | null, filters: DeliveryFilters) {
  const query = { access: { organizationId }, destinationId: null, filters, lookMax };
  const rows = await readDeliveries(database.sql, query, { limit: 2, position });
  const last = rows[1] && [rows[1].event_id, rows[1].id];
  return {
    ids: rows.map(({ id }) => id),
    last: last ?? (await readHorizon(database.sql, query, { position })),
  };
}

/** Every page from `position` on. */
async function walk(direction: Position["direction"], filters: DeliveryFilters = {}): Promise<string[][]> {
  const pages: string[][] = [];
  let position: Position | null =
    direction === "newer" ? { direction, ids: [firstIdAt(0), firstIdAt(0)] } : null;
  for (;;) {
    const { ids, last } = await readPageAt(position, filters);
    pages.push(ids);
    if (last === null) return pages;
    expect(pages.length).toBeLessThan(50);
    position = { direction, ids: last };
  }
}

describe("an organization's deliveries, of which a page looks at few", () => {
  test("are each read once, in order, in both directions", async () => {
    const ids = listed.map(({ id }) => id);
    expect((await walk("older")).flat()).toEqual(ids);
    expect((await walk("newer")).flat()).toEqual(ids.reverse());
  });

  test("come in pages that pass no more events than that, though none of them has a delivery", async () => {
    const pages = await walk("older");
    expect(pages.slice(0, 2)).toEqual([[], [listed[0]?.id, listed[1]?.id]]);
    expect(pages.length).toBeGreaterThan(deliveriesOfEvents.length / lookMax);
    expect((await walk("newer"))[0]).toEqual([listed.at(-1)?.id]);
  });

  test.each([4, 7, 13])(
    "made before the moment of event %i are found without a look at later events",
    async (n) => {
      const untilMs = start + n * 20 * minuteMs;
      const filters = { until: new Date(untilMs).toISOString() };
      const fitting = listed.filter(({ madeMs }) => madeMs < untilMs).map(({ id }) => id);
      const pages = await walk("older", filters);
      expect(pages.flat()).toEqual(fitting);
      expect((await walk("newer", filters)).flat()).toEqual(fitting.reverse());
      const eventsUpTo = n + 1 + 3;
      expect(pages.length).toBeLessThanOrEqual(Math.ceil(eventsUpTo / (lookMax - 1)) + fitting.length);
    },
  );
});
