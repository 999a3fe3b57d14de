import { type Signer, signatureHeaders } from "@carewire/verifiers";

/**
 * The headers of a delivery that are ours, signed, in order, as name/value pairs. The subscription's own follow them;
 * undici adds host, connection and content-length.
 */
export function outgoingHeaders(
  signer: Signer,
  message: { messageId: string; timestampSeconds: number; body: Buffer; traceparent: string | null },
): string[] {
  const { messageId, timestampSeconds, body } = message;
  const headers = [
    "content-type",
    "application/json",
    "user-agent",
    "Carewire/1",
    ...signatureHeaders(signer, messageId, timestampSeconds, body),
  ];
  if (message.traceparent !== null) headers.push("traceparent", message.traceparent);
  return headers;
}

/** Headers as `name: value` lines, the form in which attempts keep them: a value holds no line break, so none is escaped. */
export function headerLines(headers: string[]): string {
  let lines = "";
  for (let i = 0; i < headers.length; i += 2) lines += `${headers[i]}: ${headers[i + 1]}\n`;
  return lines;
}
