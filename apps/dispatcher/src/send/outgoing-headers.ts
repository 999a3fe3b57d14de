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

/** Headers as `name: value` lines, the form in which attempts keep them: a value holds no line break, so none is escaped. */
export function headerLines(headers: string[]): string {
  let lines = "";
  for (let i = 0; i < headers.length; i += 2) lines += `${headers[i]}: ${headers[i + 1]}\n`;
  return lines;
}
