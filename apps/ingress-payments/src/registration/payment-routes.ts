import { paymentsContract } from "@carewire/contracts";
import { withTenant } from "@carewire/db";
import { parsePublicId } from "@carewire/envelope";
import { principalOf, problemResult } from "@carewire/service-kit";
import { initServer } from "@ts-rest/express";
import type { MobileMoneyProvider, PaymentRow } from "../mobile-money/payment.ts";
import { mtnMomoDraft, orangeMoneyDraft, type PaymentDraft } from "./payment-draft.ts";
import { type CallbackAddresses, presentPayment } from "./present-payment.ts";
import { type RegisterDeps, registerPayment } from "./register-payment.ts";

export interface PaymentRouteDeps extends RegisterDeps {
  /** Whose providers these are: settings hold the credentials of one organization. */
  organizationId: string;
  addresses: CallbackAddresses;
  /** The providers whose status can be read. */
  providersOn: ReadonlySet<MobileMoneyProvider>;
}

type Response = Parameters<typeof principalOf>[0];

const titles: Record<MobileMoneyProvider, string> = {
  "orange-money": "Orange Money",
  "mtn-momo": "MTN MoMo",
};

/** The handlers of the contract of payments. */
export function createPaymentRoutes(deps: PaymentRouteDeps) {
  const server = initServer();

  async function register(draft: PaymentDraft, res: Response) {
    const refusal = refuseCaller(deps, res);
    if (refusal) return refusal;
    const { provider } = draft;
    if (!deps.providersOn.has(provider)) {
      return problemResult(res, "service_unavailable", {
        detail: `${titles[provider]} is not configured here: its status could not be read. Nothing was registered; see docs/providers/${provider}.md.`,
      });
    }
    const registered = await registerPayment(deps, deps.organizationId, draft);
    if (registered.outcome === "differs") {
      return problemResult(res, "conflict", {
        detail: `Another payment is registered under this reference: its ${registered.field} differs. Nothing was changed.`,
      });
    }
    const status = registered.outcome === "created" ? (201 as const) : (200 as const);
    return { status, body: presentPayment(registered.payment, deps.addresses) };
  }

  return {
    registerOrangeMoney: server.route(paymentsContract.registerOrangeMoney, ({ body, res }) =>
      register(orangeMoneyDraft(body), res),
    ),
    registerMtnMomo: server.route(paymentsContract.registerMtnMomo, ({ body, res }) =>
      register(mtnMomoDraft(body), res),
    ),
    get: server.route(paymentsContract.get, async ({ params, res }) => {
      const refusal = refuseCaller(deps, res);
      if (refusal) return refusal;
      const id = parsePublicId("pay", params.id);
      const rows =
        id === null
          ? []
          : await withTenant(
              deps.sql,
              deps.organizationId,
              (tx) => tx<PaymentRow[]>`
                select * from mobile_payments where id = ${id} and organization_id = ${deps.organizationId}`,
            );
      const [row] = rows;
      if (row === undefined) return problemResult(res, "not_found", { detail: "There is no such payment." });
      return { status: 200, body: presentPayment(row, deps.addresses) };
    }),
  };
}

function refuseCaller({ organizationId }: PaymentRouteDeps, res: Response) {
  const principal = principalOf(res);
  if (principal.organizationId === organizationId && principal.accountId === null) return null;
  return problemResult(res, "insufficient_scope", {
    detail:
      "Payments belong to the organization whose mobile money providers are configured here; use a key of it that is not bound to an account.",
  });
}
