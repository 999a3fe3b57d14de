import { z } from "zod";
import { createAddressList } from "./address-list.ts";

const addressRange = z.string().refine((text) => isAddressRange(text), "must be an address or a CIDR range");

function isAddressRange(text: string): boolean {
  try {
    createAddressList([text], "entry");
    return true;
  } catch {
    return false;
  }
}

const rulesSchema = z.record(
  z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/, "a source is named <provider> or <provider>/<source>"),
  z.strictObject({
    /** Only these may send; absent: anybody. */
    allowed_addresses: z.array(addressRange).min(1).optional(),
    /** Only senders with one of these certificate subjects, exactly as the proxy writes them; absent: anybody. */
    client_certificate_subjects: z.array(z.string().min(1).max(1_024)).min(1).optional(),
    /** Default: the provider's own, and for most that is none. */
    rate_per_second: z.number().positive().max(1_000_000).optional(),
    /** Default: two seconds' worth. */
    burst: z.int().min(1).max(1_000_000).optional(),
  }),
);

/** What `SOURCE_RULES` says, by `<provider>` (its default source) or `<provider>/<source>`. */
export type SourceRulesConfig = z.output<typeof rulesSchema>;

/** `SOURCE_RULES`: JSON of transport rules by source; none by default. */
export const sourceRulesSchema = z
  .string()
  .default("{}")
  .transform((text, context): SourceRulesConfig => {
    const parsed = rulesSchema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "the text";
    context.addIssue({
      code: "custom",
      message: `must be a JSON object of rules by source: ${where} is wrong`,
    });
    return z.NEVER;
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
