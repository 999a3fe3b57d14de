import { idFrom } from "./providers.ts";

type Json = Record<string, unknown>;

interface Moment {
  seed: string;
  nowSeconds: number;
}

/** Ids by which repeats are known, and times, made those of a request that was never sent before. */
const ofProvider: Record<string, (body: Json, moment: Moment) => void> = {
  stripe(body, { seed, nowSeconds }) {
    body.id = `evt_${idFrom(seed, 24)}`;
    body.created = typeof body.created === "number" ? nowSeconds : new Date(nowSeconds * 1_000).toISOString();
  },
  livekit(body, { seed, nowSeconds }) {
    body.id = `EV_${idFrom(seed, 12)}`;
    body.createdAt = String(nowSeconds);
  },
  whatsapp(body, moment) {
    renewMessages(body, moment, { n: 0 });
  },
  resend(body, { nowSeconds }) {
    body.created_at = new Date(nowSeconds * 1_000).toISOString();
  },
  leads(body, { seed }) {
    if (typeof body.form_response !== "object" || body.form_response === null) return;
    body.event_id = idFrom(seed, 10);
    (body.form_response as Json).token = idFrom(seed, 32);
  },
};

/** WhatsApp's messages and states are known by their `wamid.…`; those of one request must differ from each other. */
function renewMessages(value: unknown, moment: Moment, count: { n: number }): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    const holder = value as Json;
    if (name === "id" && typeof child === "string" && child.startsWith("wamid.")) {
      holder.id = `wamid.${Buffer.from(idFrom(`${moment.seed}:${count.n++}`, 30)).toString("base64")}`;
    } else if (name === "timestamp" && typeof child === "string")
      holder.timestamp = String(moment.nowSeconds);
    else renewMessages(child, moment, count);
  }
}

/** A sample's body as something that happened just now. */
export function freshen(provider: string, body: Json, moment: Moment): Json {
  const fresh = structuredClone(body);
  ofProvider[provider]?.(fresh, moment);
  return fresh;
}
