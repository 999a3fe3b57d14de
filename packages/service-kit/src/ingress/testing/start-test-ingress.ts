import { type Clock, newId } from "@carewire/envelope";
import { parseStripeSecret, signStripe } from "@carewire/verifiers";
import { z } from "zod";
import type { Logger } from "../../logging/create-logger.ts";
import type { ProcessHost } from "../../service/process-host.ts";
import type { RunningService } from "../../service/run-service.ts";
import { type IngressEnv, ingressEnvShape } from "../ingress-env.ts";
import { bindProvider } from "../provider.ts";
import { runIngress } from "../run-ingress.ts";
import { ledgerProvider } from "./ledger-provider.ts";

export const organizationId = newId(Date.now());
export const currentSecret = "whsec_current";
export const previousSecret = "whsec_previous";
export const keyEncryptionKeys = `test1:${Buffer.alloc(32, 7).toString("base64")}`;

/** A process that cannot be ended by the service under test. */
const host: ProcessHost = { on() {}, off() {}, exit() {}, stderr: { write() {} } };

/** Starts the ingress of the ledger provider on a free port. */
export function startTestIngress(
  databaseUrl: string,
  env: Partial<IngressEnv> = {},
  clock?: Clock,
  logger?: Logger,
): Promise<RunningService> {
  const defaults = z.object(ingressEnvShape(0)).parse({
    CAREWIRE_ENV: "local",
    CAREWIRE_ORGANIZATION_ID: organizationId,
    DATABASE_URL: databaseUrl,
    KEY_ENCRYPTION_KEYS: keyEncryptionKeys,
    LOG_LEVEL: "fatal",
  });
  return runIngress({
    family: "test",
    env: { ...defaults, PORT: 0, ...env },
    providers: [bindProvider(ledgerProvider, [currentSecret, previousSecret])],
    clock,
    process: host,
    logger,
  });
}

/** Request headers for a body, signed now. */
export function signedHeaders(
  body: Uint8Array | string,
  secret = currentSecret,
  nowMs = Date.now(),
): Record<string, string> {
  const parsed = parseStripeSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  const signature = signStripe(parsed.key, Math.floor(nowMs / 1_000), Buffer.from(body));
  return { "content-type": "application/json", "stripe-signature": signature };
}

/** Posts a signed body to the ledger's route; `headers` are added and may replace. */
export function post(
  url: string,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}${ledgerProvider.path}`, {
    method: "POST",
    headers: { ...signedHeaders(body), ...headers },
    body: Buffer.from(body),
  });
}
