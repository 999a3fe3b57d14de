import { type HmacKey, parseMetaSecret, signMeta, verifyMeta } from "@carewire/verifiers";
import type { BenchFamily } from "./family.ts";
import { createOneEventProvider } from "./one-event-provider.ts";
import { filledJson, nowSeconds, rawRequests } from "./raw-requests.ts";

const path = "/webhook";
const secret = "bench_app_secret_0123456789abcdef";

export const messaging: BenchFamily = {
  app: "ingress-messaging",
  sender: "WhatsApp",
  env: { WHATSAPP_APP_SECRET: secret, WHATSAPP_VERIFY_TOKEN: "bench-verify-token" },
  provider: createOneEventProvider({
    provider: "whatsapp",
    path,
    contentTypes: ["application/json"],
    bodyBytesMax: 4_194_304,
    keptHeaders: [],
    secret,
    parseSecret: parseMetaSecret,
    verify: verifyMeta,
    keyOf: (body) => /"id":"(wamid\.[^"]+)"/.exec(JSON.stringify(body))?.[1] ?? "",
  }),
  createRequests: (count) =>
    rawRequests(path, count, (id) =>
      signed(filledJson((filler) => notification([createMessage(`wamid.${id}`, filler)]))),
    ),
};

/** Whole requests of `items` messages each, about 2.9 KB a message, as large as Meta's get. */
export const createBatchRequests = (count: number, items: number): Buffer[] =>
  rawRequests(path, count, (id) => {
    const messages = Array.from({ length: items }, (_, n) =>
      createMessage(`wamid.${id}.${n}`, "x".repeat(2_700)),
    );
    return signed(Buffer.from(JSON.stringify(notification(messages))));
  });

function signed(body: Buffer) {
  const signature = signMeta(readKey(), body);
  return { headers: { "content-type": "application/json", "x-hub-signature-256": signature }, body };
}

function readKey(): HmacKey {
  const parsed = parseMetaSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}

const createMessage = (id: string, body: string) => ({
  from: "16505551234",
  id,
  timestamp: String(nowSeconds()),
  type: "text",
  text: { body },
});

const notification = (messages: object[]) => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: "102290129340398",
      changes: [
        {
          field: "messages",
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
            messages,
          },
        },
      ],
    },
  ],
});
