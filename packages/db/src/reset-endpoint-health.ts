import type { Queryable } from "./connect.ts";

/**
 * Forgets how an endpoint failed so far: its owner resumed it or gave it another address. Its circuit breaker closes
 * (dispatchers that hold it open look here every other second), and the time until it is disabled begins anew.
 */
export async function resetEndpointHealth(tx: Queryable, subscriptionId: string): Promise<void> {
  await tx`
    update endpoint_state set consecutive_failures = 0, failing_since = null, warnings = 0, breaker = 'closed',
      breaker_until = null, breaker_opens = 0, updated_at = now()
    where subscription_id = ${subscriptionId}`;
}
