import { hash } from "node:crypto";
import type { InboundProvider, Verification } from "@carewire/service-kit/ingress";
import { verifyEmrLegacy, verifyStandardWebhook } from "@carewire/verifiers";
import type { EmrKey } from "./emr-key.ts";

type Verify = InboundProvider<EmrKey>["verify"];

/** Checks a request by Standard Webhooks, with the secrets that are for it. */
export const verifyEmrStandard: Verify = ({ secrets, ...request }) => {
  const { keys, indexes } = only(secrets, "standard");
  const verdict = verifyStandardWebhook({ ...request, secrets: keys });
  return verdict.ok
    ? { ok: true, id: verdict.id, matchedSecretIndex: indexes[verdict.matchedSecretIndex] ?? 0 }
    : verdict;
};

/**
 * Checks a request by whichever scheme it is signed with. The legacy one covers no id: a request is then known by its
 * bytes, which a repeat has in common with it.
 */
export const verifyEmr: Verify = (request) => {
  if (request.headers["x-emr-signature"] === undefined) return verifyEmrStandard(request);
  if (request.headers["webhook-signature"] !== undefined) return { ok: false, code: "header_conflict" };
  return verifyLegacy(request);
};

const verifyLegacy = ({ secrets, ...request }: Parameters<Verify>[0]): Verification => {
  const { keys, indexes } = only(secrets, "legacy");
  const verdict = verifyEmrLegacy({ ...request, secrets: keys });
  if (!verdict.ok) return verdict;
  const id = `ehs-${hash("sha256", request.rawBody, "hex")}`;
  return { ok: true, id, matchedSecretIndex: indexes[verdict.matchedSecretIndex] ?? 0 };
};

function only<Scheme extends EmrKey["scheme"]>(secrets: readonly EmrKey[], scheme: Scheme) {
  type Wanted = Extract<EmrKey, { scheme: Scheme }>;
  const found = [...secrets.entries()].filter(
    (entry): entry is [number, Wanted] => entry[1].scheme === scheme,
  );
  return {
    keys: found.map(([, { key }]) => key as Wanted["key"]),
    indexes: found.map(([index]) => index),
  };
}
