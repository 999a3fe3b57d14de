import { eventTypePattern } from "@carewire/envelope";
import { z } from "zod";

/** Event patterns on one subscription. */
export const eventPatternsMax = 100;

/** One or two words and a star: as deep as routing looks. */
const prefixPattern = /^[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)?\.\*$/;

const isEventPattern = (text: string): boolean =>
  text === "*" || prefixPattern.test(text) || eventTypePattern.test(text);

const eventPatternSchema = z
  .string()
  .max(128)
  .refine(isEventPattern, "must be an event type, a prefix such as order.*, or *")
  .refine((pattern) => !pattern.startsWith("cari."), "cari.* names are internal and cannot be subscribed to")
  .meta({ examples: ["order.paid", "order.*", "*"] });

/** One pattern or several; none at all means every event type. Stored without repeats. */
export const eventsInputSchema = z
  .union([eventPatternSchema, z.array(eventPatternSchema).max(eventPatternsMax)], {
    error: "must be an event type or a pattern, or an array of them",
  })
  .transform((events) => {
    const patterns = [...new Set([events].flat())];
    return patterns.length === 0 ? ["*"] : patterns;
  });
