import type { DeadLetterDetail } from "../api/types.ts";

/** What is wrong with an edited payload; null when nothing is. */
export interface PayloadCheck {
  fault: string | null;
}

/**
 * Whether a letter's payload is JSON: an event's always, a provider's request when it was sent as JSON. Forms and HL7
 * messages are corrected in their own format, which their ingress checks.
 */
export function isJsonLetter({ inbound_request: request, event_id: eventId }: LetterOrigin): boolean {
  const contentType = request?.headers["content-type"];
  return eventId !== null || typeof contentType !== "string" || /[/+]json\b/i.test(contentType);
}

type LetterOrigin = Pick<DeadLetterDetail, "inbound_request" | "event_id">;

/** Whether a text is a payload: a JSON object, or any text where that is not asked for. */
export function checkPayload(text: string, { isJson = true } = {}): PayloadCheck {
  if (!isJson) return { fault: text.trim() === "" ? "It is empty." : null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `This is no JSON yet: ${placeOf(error, text)}` };
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return { fault: isObject ? null : "A payload is a JSON object, in braces." };
}

/** JSON text, indented; any other text as it is. Text with integers that JavaScript would round stays as it is. */
export function formatPayload(text: string): string {
  if (/\d{16}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function placeOf(error: unknown, text: string): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (position === undefined) return "it ends too early.";
  const before = text.slice(0, Number(position)).split("\n");
  return `look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}
