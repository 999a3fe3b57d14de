import { readdirSync, readFileSync } from "node:fs";
import { WebhookEvent } from "livekit-server-sdk";
import { expect, test } from "vitest";
import { participantEventSchema, roomEventSchema, trackEventSchema } from "./event-schemas.ts";
import { recordedTopic, topicOf } from "./livekit-topics.ts";
import { toEnvelopes } from "./to-envelopes.ts";

const folder = new URL("./samples/", import.meta.url);
const samples = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))] as const);

test.each(samples)(
  "%s is what LiveKit sends, is mapped, and is understood by whoever handles it",
  (_name, rawBody) => {
    const body = JSON.parse(rawBody.toString()) as { event: string; id: string };
    // LiveKit's own reader refuses fields and values that are not in its protocol.
    expect(WebhookEvent.fromJsonString(rawBody.toString())).toMatchObject({ event: body.event, id: body.id });
    const mapped = toEnvelopes({ rawBody, body, nowMs: 0 });
    expect(mapped).toMatchObject({ ok: true, envelopes: [{ key: body.id, topic: topicOf(body.event) }] });
    if (topicOf(body.event) === recordedTopic) return;
    const schema = body.event.startsWith("room_")
      ? roomEventSchema
      : body.event.startsWith("participant_")
        ? participantEventSchema
        : trackEventSchema;
    expect(schema.safeParse(body)).toMatchObject({ success: true });
  },
);
