import type { Clock } from "@carewire/envelope";
import type { HttpClient } from "@carewire/service-kit";
import { createAccessTokens } from "../../mobile-money/access-tokens.ts";
import { askWithToken } from "../../mobile-money/ask-with-token.ts";
import { problemOfOutcome } from "../../mobile-money/problem-of-outcome.ts";
import { basicAuthorization, readToken } from "../../mobile-money/read-token.ts";
import type { MtnMomoSettings } from "../../mobile-money/settings.ts";
import { type ReadStatus, unsettled } from "../../mobile-money/status-reading.ts";
import { readMtnStatus } from "./read-status.ts";

export interface MtnMomoDeps {
  http: HttpClient;
  clock: Clock;
  settings: MtnMomoSettings;
}

/** Asks MTN MoMo's Collections what became of a payment: `GET …/requesttopay/{reference}`; 404 means unknown, not failed. */
export function createAskMtnMomo({ http, clock, settings }: MtnMomoDeps): ReadStatus {
  const { apiUser, apiKey, targetEnvironment } = settings;
  const subscription = { "ocp-apim-subscription-key": settings.subscriptionKey };
  const tokens = createAccessTokens({
    clock,
    fetchToken: async () =>
      readToken(
        await http.send({
          method: "POST",
          url: new URL("/collection/token/", settings.url),
          headers: {
            ...subscription,
            authorization: basicAuthorization(apiUser, apiKey),
            "content-type": "application/json",
          },
          // No body is 411 here, and a form is a page of HTML.
          body: JSON.stringify({ grant_type: "client_credentials" }),
        }),
      ),
  });

  return async (payment, { payer_id: payerId }, signal) => {
    const url = new URL(
      `/collection/v1_0/requesttopay/${encodeURIComponent(payment.reference)}`,
      settings.url,
    );
    const asked = await askWithToken(tokens, (token) =>
      http.send({
        method: "GET",
        url,
        headers: {
          ...subscription,
          authorization: `Bearer ${token}`,
          "x-target-environment": targetEnvironment,
        },
        signal,
      }),
    );
    if (!asked.ok) return unsettled(asked.problem);
    const { outcome } = asked;
    if (outcome.kind !== "answer" || outcome.status < 200 || outcome.status > 299) {
      return unsettled(problemOfOutcome(outcome));
    }
    const { amount, currency, reference, external_id } = payment;
    return readMtnStatus(outcome.body, { externalId: external_id ?? reference, amount, currency, payerId });
  };
}
