/** A column of sealed bytes that are kept without an end, so that a new data key has to reach them. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The columns of the primary key, with their types. */
  identity: readonly { name: string; type: "uuid" | "text" }[];
  /** SQL for what the bytes of row `t` are sealed under. */
  aad: string;
}

const id = [{ name: "id", type: "uuid" }] as const;

const ofSubscription = (column: string): SealedColumn => ({
  table: "subscriptions",
  column,
  identity: id,
  aad: `'subscriptions:' || t.id || ':${column}'`,
});

/** Everything sealed that does not age out. */
export const lastingColumns: readonly SealedColumn[] = [
  { table: "subscription_secrets", column: "secret", identity: id, aad: "'subscription_secrets:' || t.id" },
  ofSubscription("sensitive_headers"),
  ofSubscription("endpoint_auth"),
  ofSubscription("client_certificate"),
  { table: "dead_letters", column: "original_payload", identity: id, aad: "'dead_letters:' || t.id" },
  { table: "dead_letter_retries", column: "payload", identity: id, aad: "'dead_letter_retries:' || t.id" },
  {
    table: "customers",
    column: "personal",
    identity: [
      { name: "organization_id", type: "uuid" },
      { name: "customer_id", type: "text" },
    ],
    aad: "concat_ws(':', 'customers', t.organization_id, t.customer_id)",
  },
  { table: "leads", column: "details", identity: id, aad: "'leads:' || t.id" },
  { table: "mobile_payments", column: "secrets", identity: id, aad: "'mobile_payments:' || t.id" },
  {
    table: "resources",
    column: "body",
    identity: [
      { name: "organization_id", type: "uuid" },
      { name: "kind", type: "text" },
      { name: "resource_id", type: "text" },
    ],
    aad: "concat_ws(':', 'resources', t.organization_id, t.kind, t.resource_id, t.version)",
  },
];

/** Sealed columns of history: retention removes them, and the data keys they need are kept meanwhile. */
export const agingColumns: readonly string[] = [
  "event_payloads.body",
  "inbound_requests.body",
  "attempts.response_body",
];
