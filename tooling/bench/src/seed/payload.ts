/** Size of every payload, bytes. */
export const payloadBytes = 1_024;

/** Stands right before the publish time in a payload; the receiver looks for it. */
export const publishedAtMark = '"published_at_ms":';

const filler = "x".repeat(payloadBytes);

/** A JSON payload of 1 KiB that says when it was published, in milliseconds with fractions. */
export function createPayload(publishedAtMs: number): Buffer {
  const head = `{${publishedAtMark}${publishedAtMs.toFixed(3)},"filler":"`;
  return Buffer.from(`${head}${filler.slice(0, payloadBytes - head.length - 2)}"}`);
}
