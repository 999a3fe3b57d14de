import { type BoundProvider, bindProvider, type InboundProvider } from "@carewire/service-kit/ingress";

/** What differs between the providers that the load generator plays. */
export interface OneEventProvider<Key>
  extends Pick<
    InboundProvider<Key>,
    "provider" | "path" | "contentTypes" | "bodyBytesMax" | "keptHeaders" | "parseSecret" | "verify"
  > {
  secret: string;
  /** The id of the one event in a request; default: the id that the signature covers. */
  keyOf?(body: Record<string, unknown>): string;
}

/** A provider whose every request is one event: the raw body itself. */
export function createOneEventProvider<Key>({
  secret,
  keyOf,
  ...provider
}: OneEventProvider<Key>): BoundProvider {
  const bound: InboundProvider<Key> = {
    ...provider,
    methods: ["post"],
    keyTtlDays: 8,
    fallbackTopic: "cari.bench.event_recorded",
    toEnvelopes({ rawBody, body, messageId, nowMs }) {
      const key = keyOf ? keyOf(body) : String(messageId);
      const occurredAt = new Date(nowMs);
      const envelope = { topic: "cari.bench.event_received", key, occurredAt, payload: rawBody };
      return { ok: true, externalId: key, envelopes: [envelope] };
    },
  };
  return bindProvider(bound, [secret]);
}
