import { readFileSync } from "node:fs";
import { type EventPayloads as CatalogPayloads, eventTypes } from "@carewire/envelope";
import { expect, expectTypeOf, test } from "vitest";
import type { EventPayloads } from "../event-payloads.generated.ts";
import { renderEventPayloads } from "./render-event-payloads.ts";

test("the types are those of the catalog as it is now; if not: npm run generate:events", () => {
  const checkedIn = readFileSync(new URL("../event-payloads.generated.ts", import.meta.url), "utf8");
  expect(checkedIn).toBe(renderEventPayloads());
});

test("every event type of the catalog has a payload, and no other", () => {
  expectTypeOf<keyof EventPayloads>().toEqualTypeOf<keyof CatalogPayloads>();
  const rendered = renderEventPayloads();
  for (const type of eventTypes.keys()) expect(rendered).toContain(`  "${type}": `);
});

test("what the catalog accepts has the type that is published", () => {
  type Assignable = {
    [Type in keyof EventPayloads]: CatalogPayloads[Type] extends EventPayloads[Type] ? true : Type;
  };
  expectTypeOf<Assignable[keyof EventPayloads]>().toEqualTypeOf<true>();
});
