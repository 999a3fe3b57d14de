import type { Clock } from "@carewire/envelope";
import type { HttpClient } from "@carewire/service-kit";
import { createAccessTokens } from "../../mobile-money/access-tokens.ts";
import { askWithToken } from "../../mobile-money/ask-with-token.ts";
import { problemOfOutcome } from "../../mobile-money/problem-of-outcome.ts";
import { basicAuthorization, readToken } from "../../mobile-money/read-token.ts";
import type { OrangeMoneySettings } from "../../mobile-money/settings.ts";
import { type ReadStatus, unsettled } from "../../mobile-money/status-reading.ts";
import { readOrangeStatus } from "./read-status.ts";

export interface OrangeMoneyDeps {
  http: HttpClient;
  clock: Clock;
  settings: OrangeMoneySettings;
}

/** Asks Orange Money's Web Payment what became of a payment: `POST …/transactionstatus`, 201 when it answers. */
export function createAskOrangeMoney({ http, clock, settings }: OrangeMoneyDeps): ReadStatus {
  const { clientId, clientSecret, environment } = settings;
  const tokenUrl = new URL("/oauth/v3/token", settings.url);
  const statusUrl = new URL(`/orange-money-webpay/${environment}/v1/transactionstatus`, settings.url);
  const tokens = createAccessTokens({
    clock,
    fetchToken: async () =>
      readToken(
        await http.send({
          method: "POST",
          url: tokenUrl,
          headers: {
            authorization: basicAuthorization(clientId, clientSecret),
            "content-type": "application/x-www-form-urlencoded",
          },
          body: "grant_type=client_credentials",
        }),
      ),
  });

  return async (payment, { pay_token }, signal) => {
    const { order_id: orderId, amount, currency } = payment;
    if (orderId === null || pay_token === null) return unsettled("not_started");
    const body = JSON.stringify({ order_id: orderId, amount: Number(amount), pay_token });
    const asked = await askWithToken(tokens, (token) =>
      http.send({
        method: "POST",
        url: statusUrl,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body,
        signal,
      }),
    );
    if (!asked.ok) return unsettled(asked.problem);
    const { outcome } = asked;
    if (outcome.kind !== "answer" || outcome.status < 200 || outcome.status > 299) {
      return unsettled(problemOfOutcome(outcome));
    }
    return readOrangeStatus(outcome.body, { orderId, amount, currency });
  };
}
