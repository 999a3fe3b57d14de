import { type Fields, fieldsMax, isRecord, nameOf, textOf } from "./read-fields.ts";

/** A response to a Typeform: its token, which repeats keep, and its fields (null: too many). */
export interface TypeformResponse {
  token: string;
  fields: Fields | null;
}

const tokenPattern = /^[A-Za-z0-9_-]{1,200}$/;

/**
 * Reads a Typeform webhook; null when the body is none. Answers are named by their field's reference, and besides by
 * their type where that says what they are (`email`, `phone_number`); a legal question is the form's consent.
 * @see https://www.typeform.com/developers/webhooks/example-payload/
 */
export function readTypeform(body: Record<string, unknown>): TypeformResponse | null {
  const response = body.form_response;
  if (body.event_type !== "form_response" || !isRecord(response)) return null;
  const { token, answers, definition } = response;
  if (typeof token !== "string" || !tokenPattern.test(token)) return null;
  const fields = new Map<string, string>();
  const add = (name: string, value: unknown) => {
    const text = textOf(value);
    if (text !== null && name !== "" && !fields.has(name)) fields.set(name, text);
  };
  add("form_id", response.form_id);
  add("started_at", response.landed_at);
  add("submitted_at", response.submitted_at);
  for (const answer of listOf(answers))
    addAnswer(answer, listOf(isRecord(definition) ? definition.fields : []));
  if (isRecord(response.hidden)) {
    for (const [key, value] of Object.entries(response.hidden)) add(nameOf(key), value);
  }
  return { token, fields: fields.size > fieldsMax ? null : Object.fromEntries(fields) };

  function addAnswer(answer: Record<string, unknown>, questions: Record<string, unknown>[]): void {
    const field = isRecord(answer.field) ? answer.field : {};
    const value = answerOf(answer);
    if (field.type === "legal") {
      add("consent", value);
      add("consent_text", questions.find(({ id }) => id !== undefined && id === field.id)?.title);
    }
    if (answer.type === "email" || answer.type === "phone_number") add(answer.type, value);
    add(nameOf(String(field.ref ?? field.id ?? "")), value);
  }
}

/** An answer's value stands under the name of its type, choices in a label of their own. */
function answerOf(answer: Record<string, unknown>): unknown {
  const value = answer[String(answer.type)];
  if (!isRecord(value)) return value;
  return value.labels ?? value.label ?? value.other;
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];
