import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { messageItemSchema, statusItemSchema } from "./item-schemas.ts";
import { toEnvelopes } from "./to-envelopes.ts";
import { messageTopic, recordedTopic, statusTopic } from "./whatsapp-topics.ts";

const folder = new URL("./samples/", import.meta.url);
const samples = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))] as const);

const expected: Record<string, string[]> = {
  "batch.json": [messageTopic, statusTopic, statusTopic],
  "template_status_update.json": [recordedTopic],
};
const topicsOf = (name: string): string[] =>
  expected[name] ?? [name.startsWith("message") ? messageTopic : statusTopic];

test.each(samples)("%s is mapped, and every item is understood by whoever handles it", (name, rawBody) => {
  const mapped = toEnvelopes({ rawBody, body: JSON.parse(rawBody.toString()), nowMs: 0 }, () => true);
  if (!mapped.ok) throw new Error(mapped.reason);
  expect(mapped.envelopes.map(({ topic }) => topic)).toEqual(topicsOf(name));
  for (const { topic, payload } of mapped.envelopes) {
    if (topic === recordedTopic) continue;
    const schema = topic === messageTopic ? messageItemSchema : statusItemSchema;
    expect(schema.safeParse(JSON.parse(Buffer.from(payload).toString()))).toMatchObject({ success: true });
  }
});
