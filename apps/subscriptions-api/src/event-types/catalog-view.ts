import type { EventTypeView } from "@carewire/contracts";
import { type EventTypeEntry, eventTypes, thinView } from "@carewire/envelope";
import { z } from "zod";
import { patternsFor } from "./patterns-for.ts";

const present = ({ type, domain, description, schema, example }: EventTypeEntry): EventTypeView => ({
  type,
  source: "catalog",
  domain,
  description,
  schema: z.toJSONSchema(schema) as Record<string, unknown>,
  example,
  thin: thinView(type, example),
  patterns: patternsFor(type),
  created_by: null,
  created_at: null,
  updated_at: null,
});

/** The platform's catalog as it is shown, by name. */
export const catalogView: ReadonlyMap<string, EventTypeView> = new Map(
  [...eventTypes.values()].map((entry) => [entry.type, present(entry)]),
);
