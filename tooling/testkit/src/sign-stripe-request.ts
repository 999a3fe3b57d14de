/** Headers and body of a request, ready to be sent as they are. */
export type SignedRequest = { headers: Record<string, string>; body: Buffer };

/**
 * Builds the webhook request that Stripe would send at `nowMs`, signed by Stripe's own library with the
 * whole `whsec_…` string. An object is sent as its JSON.
 */
export async function signStripeRequest(
  body: string | object,
  { secret, nowMs }: { secret: string; nowMs: number },
): Promise<SignedRequest> {
  // Loaded on first use: the library is large and most test files never sign a Stripe request.
  const { Stripe } = await import("stripe");
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret,
    timestamp: Math.floor(nowMs / 1000),
  });
  return {
    headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
    body: Buffer.from(payload),
  };
}
