import {
  parseSigningSecret,
  parseVerifyingSecret,
  type SigningKey,
  signStandardWebhook,
  verifyStandardWebhook,
} from "@carewire/verifiers";
import type { BenchFamily } from "./family.ts";
import { createOneEventProvider } from "./one-event-provider.ts";
import { filledJson, nowSeconds, rawRequests } from "./raw-requests.ts";

/** A family whose sender signs by Standard Webhooks, under whichever names of its headers. */
interface StandardFamily {
  app: string;
  sender: string;
  provider: string;
  path: string;
  bodyBytesMax: number;
  headers: "webhook" | "svix";
  /** The environment of the app, with the secret where it belongs. */
  env(secret: string): Record<string, string>;
  /** One event about `id`, filled up with `filler`. */
  createEvent(id: string, filler: string): object;
}

const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

export function createStandardFamily(family: StandardFamily): BenchFamily {
  const { app, sender, provider, path, bodyBytesMax, headers: prefix } = family;
  return {
    app,
    sender,
    env: family.env(secret),
    provider: createOneEventProvider({
      provider,
      path,
      bodyBytesMax,
      contentTypes: ["application/json"],
      keptHeaders: ["webhook-id"],
      secret,
      parseSecret: parseVerifyingSecret,
      verify: verifyStandardWebhook,
    }),
    createRequests(count) {
      const key = readKey();
      const seconds = nowSeconds();
      return rawRequests(path, count, (id) => {
        const body = filledJson((filler) => family.createEvent(id, filler));
        return {
          headers: {
            "content-type": "application/json",
            [`${prefix}-id`]: `msg_${id}`,
            [`${prefix}-timestamp`]: String(seconds),
            [`${prefix}-signature`]: signStandardWebhook(key, `msg_${id}`, seconds, body),
          },
          body,
        };
      });
    },
  };
}

function readKey(): SigningKey {
  const parsed = parseSigningSecret(secret);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.key;
}
