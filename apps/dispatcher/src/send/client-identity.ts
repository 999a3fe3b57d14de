import { createHash } from "node:crypto";
import { openedJson } from "@carewire/delivery";
import type { ClientCertificate } from "@carewire/service-kit";
import { z } from "zod";

/** A subscription's client certificate, and the name under which connections made with it are kept apart. */
export interface ClientIdentity extends ClientCertificate {
  /** Holds the subscription's id: an authenticated connection serves nobody else, even with the same certificate. */
  id: string;
}

const storedSchema = z.object({ certificate: z.string(), key: z.string() });

/** Reads what a subscription stored. Throws when it is not a certificate and its key; the error repeats no value. */
export function parseClientIdentity(subscriptionId: string, opened: Uint8Array): ClientIdentity {
  const what = `the client certificate of subscription ${subscriptionId}`;
  const { certificate, key } = openedJson(what, storedSchema, opened);
  const digest = createHash("sha256").update(certificate).update("\0").update(key).digest("base64url");
  return { id: `${subscriptionId}:${digest}`, certificate, key };
}
