import { paymentsContract } from "@carewire/contracts";
import {
  createAuthenticator,
  createRequestDeadline,
  createRequestLimit,
  mountContract,
} from "@carewire/service-kit";
import type { RunIngressOptions } from "@carewire/service-kit/ingress";
import { parseBodySecret } from "@carewire/verifiers";
import type { MobileMoneyProvider } from "../mobile-money/payment.ts";
import { createPaymentRoutes } from "./payment-routes.ts";

export interface PaymentsOptions {
  /** What tags in addresses are made with: the newest of the secrets. */
  callbackSecrets: readonly string[];
  callbackOrigin: string | undefined;
  providersOn: ReadonlySet<MobileMoneyProvider>;
}

/** Callbacks come below it, too, but their routes are mounted before and end there: they are not limited with it. */
const registrationPaths = "/api/payments";
const requestsMax = 32;
const bodyBytesMax = 16 * 1024;

/** Returns what adds the routes with which payments are registered. Throws when the secret is not one. */
export function mountPayments(options: PaymentsOptions): NonNullable<RunIngressOptions["mountRoutes"]> {
  const { callbackSecrets, callbackOrigin, providersOn } = options;
  const parsed = parseBodySecret(callbackSecrets[0] ?? "");
  if (!parsed.ok) throw new Error(`MOBILE_MONEY_CALLBACK_SECRET is not usable: ${parsed.detail}`);
  const addresses = { key: parsed.key, origin: callbackOrigin ?? null };

  return (app, deps) => {
    app.use(registrationPaths, (_req, res, next) => {
      res.setHeader("cache-control", "no-store");
      next();
    });
    app.use(registrationPaths, createRequestDeadline(10_000));
    app.use(registrationPaths, createRequestLimit(requestsMax));
    mountContract({
      app,
      authenticate: createAuthenticator(deps).authenticate,
      bodyBytesMax,
      contract: paymentsContract,
      router: createPaymentRoutes({ ...deps, addresses, providersOn }),
    });
  };
}
