import type { ClientCertificate } from "@carewire/contracts";
import type { ProblemDetails } from "@carewire/service-kit";
import { checkDestinations, type DestinationGuard, type GivenDestinations } from "./check-destination.ts";
import { checkClientCertificate } from "./client-certificate.ts";
import { problemOfMistakes } from "./problem-of-mistakes.ts";
import type { AcceptedCertificate } from "./protected-columns.ts";

/** Fields of a body that can be checked without the subscription they are for. */
export interface GivenChoices extends GivenDestinations {
  client_certificate?: ClientCertificate | null | undefined;
}

/** Why a body is refused. */
export interface Refusal {
  outcome: "refused";
  code: "validation_failed" | "destination_not_allowed" | "conflict";
  details: ProblemDetails;
}

/** The body with its urls as they are to be stored, and its certificate checked; or why it is refused. */
export type PreparedChoices<Given> =
  | { outcome: "prepared"; given: Given; certificate: AcceptedCertificate | null }
  | Refusal;

/** Checks what takes the network or the clock. Runs before the transaction, which must not wait for name servers. */
export async function prepareChoices<Given extends GivenChoices>(
  guard: DestinationGuard,
  given: Given,
  now: Date,
): Promise<PreparedChoices<Given>> {
  const destinations = await checkDestinations(guard, given);
  if (!destinations.ok) {
    const { items } = destinations;
    const details = { detail: items[0]?.message ?? "", errors: items };
    return { outcome: "refused", code: "destination_not_allowed", details };
  }
  const prepared = { outcome: "prepared", given: destinations.checked } as const;
  const { client_certificate: certificate } = given;
  if (certificate === null || certificate === undefined) return { ...prepared, certificate: null };
  const checked = checkClientCertificate(certificate, now);
  if (!checked.ok) {
    return { outcome: "refused", code: "validation_failed", details: problemOfMistakes(checked.items) };
  }
  return { ...prepared, certificate: { given: certificate, facts: checked.facts } };
}
