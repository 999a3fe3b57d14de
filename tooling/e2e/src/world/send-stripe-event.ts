import { signStripeRequest } from "@carewire/testkit";
import { stripeSecret } from "./app-settings.ts";

export interface StripeAnswer {
  status: number;
  body: { received: boolean; id: string; duplicate?: boolean };
}

const timeoutMs = 15_000;

/** Sends an event as Stripe would, signed by Stripe's own library. Null when the connection broke instead. */
export async function sendStripeEvent(ingressUrl: string, event: object): Promise<StripeAnswer | null> {
  const request = await signStripeRequest(event, { secret: stripeSecret, nowMs: Date.now() });
  try {
    const response = await fetch(`${ingressUrl}/api/webhooks/stripe`, {
      method: "POST",
      ...request,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: (await response.json()) as StripeAnswer["body"] };
  } catch {
    return null;
  }
}
