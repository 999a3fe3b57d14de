import { randomBytes } from "node:crypto";
import {
  generateEd25519Secrets,
  generateHmacSecret,
  type SignatureScheme,
  verifyingSecretOf,
} from "@carewire/verifiers";
import type { EventPayloads } from "../events/event-payloads.generated.ts";
import type { PayloadFormat } from "../events/webhook-event.ts";
import { buildBody, type Parties } from "./build-body.ts";
import { buildEvent, type OverridesOf, type TestData, type TestEvent } from "./build-event.ts";
import { signWebhook } from "./sign-webhook.ts";

/** A webhook that can be given to a receiver. */
export interface TestWebhook<Type extends string = string, Data = unknown> {
  event: TestEvent<Type, Data>;
  method: "POST";
  headers: Record<string, string>;
  /** The body's text, as signed. */
  body: string;
  /** The same as a fetch `Request`; default address `http://localhost/webhooks`. */
  toRequest(url?: string | URL): Request;
}

/** What the webhooks of one {@link createTestWebhooks} have in common. */
export interface TestWebhooksOptions {
  /** What signs: `whsec_…`, `whsk_…`, or any text for `eka`; several during a rotation. Default: a new one. */
  secret?: string | readonly string[];
  /** Default `standard-webhooks`. */
  scheme?: SignatureScheme;
  /** Default `envelope`. */
  format?: PayloadFormat;
  /** The time in milliseconds. Default: `Date.now`. */
  now?: () => number;
  /** Shown in `envelope` and `thin` bodies. */
  parties?: Parties;
}

type AnyType = keyof EventPayloads | (string & {});
type Build = <Type extends AnyType>(
  type: Type,
  overrides?: OverridesOf<Type>,
) => TestWebhook<Type, TestData<Type>>;

/** Builds webhooks as Carewire sends them, and ones that a receiver must refuse. */
export interface TestWebhooks {
  /** What the receiver verifies with; for an ed25519 pair its public half. */
  secrets: string[];
  /** A genuine one. */
  build: Build;
  /** Genuine, but signed an hour ago. */
  expired: Build;
  /** Genuine, but signed in an hour. */
  fromFuture: Build;
  /** Its body was changed after it was signed. */
  tampered: Build;
  /** Signed with a secret that is not the receiver's. */
  wrongSecret: Build;
  /** Its signature headers are missing. */
  unsigned: Build;
  /** Its message id was exchanged after it was signed; under `eka`, where the id is not signed, its timestamp. */
  forgedId: Build;
}

const hourMs = 3_600_000;

/** A secret for tests, of the kind that the scheme takes. */
export const newTestSecret = (): string => generateHmacSecret(randomBytes);

/** Makes {@link TestWebhooks}. Throws when a secret is none that the scheme can sign with. */
export function createTestWebhooks(options: TestWebhooksOptions = {}): TestWebhooks {
  const { scheme = "standard-webhooks", format = "envelope", now = Date.now, parties } = options;
  const given = options.secret ?? newTestSecret();
  const secrets = typeof given === "string" ? [given] : given;

  function make(signedWith: readonly string[], signedAfterMs: number): Build {
    return (type, overrides) => {
      const event = buildEvent(type, overrides, now());
      const body = buildBody(event, format, parties);
      const signedAt = new Date(now() + signedAfterMs);
      return webhook(event, signWebhook(body, { secret: signedWith, scheme, id: event.id, signedAt }), body);
    };
  }

  const build = make(secrets, 0);
  // Signing shows at once whether the secrets are any.
  signWebhook("", { secret: secrets, scheme, id: "check" });
  return {
    secrets: secrets.map((secret) => (scheme === "eka" ? secret : (verifyingSecretOf(secret) ?? secret))),
    build,
    expired: make(secrets, -hourMs),
    fromFuture: make(secrets, hourMs),
    wrongSecret: make(secrets.map(anotherLike), 0),
    tampered: (type, overrides) => {
      const { event, headers, body } = build(type, overrides);
      // Still the same JSON: what is signed are the bytes.
      return webhook(event, headers, body.replace("{", "{ "));
    },
    unsigned: (type, overrides) => {
      const { event, headers, body } = build(type, overrides);
      const kept = Object.entries(headers).filter(([name]) => !isSignature(name));
      return webhook(event, Object.fromEntries(kept), body);
    },
    forgedId: (type, overrides) => {
      const { event, headers, body } = build(type, overrides);
      return webhook(event, forge(headers), body);
    },
  };
}

const isSignature = (name: string): boolean => /signature$/i.test(name);

function anotherLike(secret: string): string {
  return secret.startsWith("whsk_") ? generateEd25519Secrets(randomBytes).signing : newTestSecret();
}

function forge(headers: Record<string, string>): Record<string, string> {
  const eka = headers["Eka-Webhook-Signature"];
  if (eka !== undefined) {
    const later = eka.replace(/t=(\d+)/, (_, seconds: string) => `t=${Number(seconds) + 1}`);
    return { ...headers, "Eka-Webhook-Signature": later };
  }
  const name = headers["svix-id"] === undefined ? "webhook-id" : "svix-id";
  return { ...headers, [name]: `${headers[name]}x` };
}

function webhook<Type extends string, Data>(
  event: TestEvent<Type, Data>,
  headers: Record<string, string>,
  body: string,
): TestWebhook<Type, Data> {
  const toRequest = (url: string | URL = "http://localhost/webhooks") =>
    new Request(url, { method: "POST", headers, body });
  return { event, method: "POST", headers, body, toRequest };
}
