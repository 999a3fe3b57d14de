import { z } from "zod";
import { timestampOutput } from "./text.ts";

/** Checks of URLs by one organization in a row; afterwards one more every `60 / urlChecksPerMinute` seconds. */
export const urlChecksPerMinute = 30;

/** The body of `POST /v1/subscriptions/check-url`. */
export const checkUrlSchema = z
  .strictObject({
    url: z.string().min(1).max(2_048),
    connect: z
      .boolean()
      .default(false)
      .meta({ description: "Also open a connection, TLS included, and close it again. Nothing is sent." }),
  })
  .meta({ id: "CheckUrl" });

export const connectionOutcomes = [
  "connected",
  "unresolvable",
  "unreachable",
  "timeout",
  "tls_failed",
  "not_tried",
] as const;

/** What came of opening a connection. */
export const connectionCheckSchema = z.object({
  outcome: z.enum(connectionOutcomes),
  detail: z.string().meta({ description: "A sentence that says what to do, where there is something." }),
  duration_ms: z.int().nullable(),
  tls: z
    .object({ protocol: z.string(), certificate_expires_at: timestampOutput.nullable() })
    .nullable()
    .meta({ description: "Null without TLS, or without a connection." }),
});

/** What `POST /v1/subscriptions/check-url` answers. */
export const urlCheckSchema = z
  .object({
    outcome: z.enum(["allowed", "destination_not_allowed"]),
    detail: z.string().nullable().meta({ description: "Why it is not allowed." }),
    url: z.string().nullable().meta({ description: "As it would be stored; null when it is not allowed." }),
    warnings: z.array(z.enum(["internationalised_host"])),
    connection: connectionCheckSchema.nullable().meta({ description: "Null when none was asked for." }),
  })
  .meta({ id: "UrlCheck" });

export type ConnectionCheck = z.infer<typeof connectionCheckSchema>;
