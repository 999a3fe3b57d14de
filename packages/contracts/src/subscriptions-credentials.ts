import { z } from "zod";
import { requiredText } from "./text.ts";

const credentialCharactersMax = 4_096;
const pemCharactersMax = 16_384;

/** What goes into an `Authorization` header as it is: a line break would start another header. */
const visibleAscii = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII characters without spaces")
  .max(credentialCharactersMax);

/** RFC 7617: no control characters anywhere, no colon in the user name. */
const basicPart = requiredText(256).refine(
  (text) => !/\p{Cc}/u.test(text),
  "must not have control characters",
);

/** How a delivery proves itself to an endpoint that asks for more than a signature. Write-only. */
export const endpointAuthSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("basic"),
    username: basicPart.refine((text) => !text.includes(":"), "must not have a colon"),
    password: basicPart,
  }),
  z.strictObject({ type: z.literal("bearer"), token: visibleAscii }),
  z.strictObject({
    type: z.literal("oauth2"),
    token_url: z.string().min(1).max(2_048).meta({ description: "Under the same rules as `url`." }),
    client_id: basicPart,
    client_secret: requiredText(credentialCharactersMax),
    scope: z
      .string()
      .regex(
        /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/,
        "must be words separated by one space",
      )
      .max(1_024)
      .optional(),
  }),
]);

export type EndpointAuth = z.infer<typeof endpointAuthSchema>;

const pem = requiredText(pemCharactersMax);

/** What a delivery shows when the endpoint asks for a client certificate (mutual TLS). Write-only. */
export const clientCertificateSchema = z.strictObject({
  certificate: pem.meta({ description: "PEM; its chain may follow it." }),
  key: pem.meta({ description: "PEM, not encrypted; the certificate's private key." }),
});

export type ClientCertificate = z.infer<typeof clientCertificateSchema>;

/**
 * A signing secret as given. Which form it needs depends on the scheme and the key type: `whsec_…`, `whsk_…`, or any
 * text for Eka.
 */
export const givenSecretSchema = requiredText(256)
  .refine(
    (text) => !/\p{Cc}/u.test(text) && text.trim() === text,
    "must not begin, end or break with white space",
  )
  .meta({ description: "Signing secret; made by the server when absent." });
