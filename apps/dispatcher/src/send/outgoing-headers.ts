/** The complete set of headers of a delivery, in order, as name/value pairs. undici adds host and content-length. */
export function outgoingHeaders(message: {
  messageId: string;
  timestampSeconds: number;
  signature: string;
  traceparent: string | null;
}): string[] {
  const headers = [
    "content-type",
    "application/json",
    "user-agent",
    "Carewire/1",
    "webhook-id",
    message.messageId,
    "webhook-timestamp",
    String(message.timestampSeconds),
    "webhook-signature",
    message.signature,
  ];
  if (message.traceparent !== null) headers.push("traceparent", message.traceparent);
  return headers;
}

/** The same headers as a JSON object, for the attempt's record. */
export function headersAsJson(headers: string[]): string {
  let json = "{";
  for (let i = 0; i < headers.length; i += 2) {
    json += `${i ? "," : ""}${JSON.stringify(headers[i])}:${JSON.stringify(headers[i + 1])}`;
  }
  return `${json}}`;
}
