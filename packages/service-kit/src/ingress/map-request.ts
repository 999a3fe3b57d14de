import { hash } from "node:crypto";
import type { Submission } from "@carewire/bus";
import { type Clock, newId } from "@carewire/envelope";
import { parseSignedJson } from "./parse-signed-json.ts";
import type { BoundProvider, MappedRequest, PathParams, RequestToMap } from "./provider.ts";

/** A request whose signature was verified, now or when it was kept. */
export interface VerifiedRequest {
  rawBody: Buffer;
  /** See `RequestToMap`. */
  messageId: string | undefined;
  source: string;
  params?: PathParams;
  contentType: string;
  nowMs: number;
}

/** A mapped request, with what it was read from. */
export type ReadRequest =
  | (Extract<MappedRequest, { ok: true }> & { request: RequestToMap })
  | Extract<MappedRequest, { ok: false }>;

/** Parses a verified request and finds the events in it. Never rejects: what a mapper throws at, it throws at every repeat of. */
export async function mapRequest(provider: BoundProvider, verified: VerifiedRequest): Promise<ReadRequest> {
  try {
    return await parseAndMap(provider, verified);
  } catch {
    return { ok: false, reason: "the ingress failed to read it" };
  }
}

async function parseAndMap(
  provider: BoundProvider,
  { contentType, ...verified }: VerifiedRequest,
): Promise<ReadRequest> {
  const { rawBody } = verified;
  const parsed = provider.parse ? await provider.parse(rawBody, contentType) : parseSignedJson(rawBody);
  if (!parsed.ok) return parsed;
  const request = { ...verified, body: parsed.body };
  const mapped = provider.toEnvelopes(request);
  return mapped.ok ? { ...mapped, request } : mapped;
}

/** What the events of a request have in common. */
export interface EventOrigin {
  /** Recorded as the events' `source_service`. */
  service: string;
  organizationId: string;
  clock: Clock;
  /** The row of the request; null when it is not kept any more. */
  inboundRequestId: string | null;
  rawBody: Buffer;
  /** SHA-256 of `rawBody`. */
  bodyHash: Buffer;
  traceparent: string | null;
}

/** The events of a mapped request, as the acceptor takes them. */
export function toEvents(
  { envelopes }: Extract<MappedRequest, { ok: true }>,
  origin: EventOrigin,
): Submission["events"] {
  const { service, organizationId, clock, inboundRequestId, rawBody, bodyHash, traceparent } = origin;
  return envelopes.map(({ topic, key, occurredAt, payload, compared = payload }) => ({
    key,
    bodyHash: compared === rawBody ? bodyHash : hash("sha256", compared, "buffer"),
    draft: {
      id: newId(clock.now()),
      organizationId,
      type: topic,
      sourceService: service,
      occurredAt,
      body: payload,
      inboundRequestId,
      traceparent,
    },
  }));
}
