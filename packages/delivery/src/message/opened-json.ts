import type { z } from "zod";

/** Reads JSON that was sealed. Throws when it has another shape, and says only so: what was opened is a secret. */
export function openedJson<S extends z.ZodType>(what: string, schema: S, opened: Uint8Array): z.output<S> {
  try {
    return schema.parse(JSON.parse(Buffer.from(opened).toString()));
  } catch {
    throw new Error(`${what} is not of a known shape`);
  }
}
