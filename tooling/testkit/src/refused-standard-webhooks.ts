import { createHmac, randomBytes } from "node:crypto";
import { type StandardWebhookOptions, signStandardWebhookRequest } from "./sign-standard-webhook-request.ts";
import type { SignedRequest } from "./sign-stripe-request.ts";

type Build = (body: string, options: StandardWebhookOptions) => SignedRequest;

const sign = signStandardWebhookRequest;

/** A signed request with some of its headers changed after signing; `null` leaves one out. */
const withHeaders =
  (change: (headers: Record<string, string>, id: string) => Record<string, string | null>): Build =>
  (body, options) => {
    const { headers, body: bytes } = sign(body, options);
    const changed = Object.entries({ ...headers, ...change(headers, options.id) });
    const kept = changed.filter((entry): entry is [string, string] => entry[1] !== null);
    return { headers: Object.fromEntries(kept), body: bytes };
  };

const withSignature = (change: (signature: string) => string): Build =>
  withHeaders((headers) => ({ "webhook-signature": change(String(headers["webhook-signature"])) }));

/** A request whose body was changed after signing. */
const withBody =
  (change: (body: Buffer) => Buffer): Build =>
  (body, options) => {
    const request = sign(body, options);
    return { ...request, body: change(request.body) };
  };

const signedAt =
  (offsetSeconds: number): Build =>
  (body, options) =>
    sign(body, { ...options, nowMs: options.nowMs + offsetSeconds * 1_000 });

/** A signature that is right for whatever stands in its id and timestamp; the library would make none for these. */
const signedAs =
  (headersOf: (options: StandardWebhookOptions) => { id: string; timestamp: string }): Build =>
  (body, options) => {
    const { id, timestamp } = headersOf(options);
    const key = Buffer.from(options.secret.slice("whsec_".length), "base64");
    const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    const request = sign(body, options);
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    };
    return { ...request, headers: { ...request.headers, ...headers } };
  };

const timestamped = (change: (seconds: number) => string): Build =>
  signedAs(({ id, nowMs }) => ({ id, timestamp: change(Math.floor(nowMs / 1_000)) }));

const wrong = `v1,${Buffer.alloc(32).toString("base64")}`;
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

/** Invalid UTF-8 in place of the U+FFFD that it would be decoded to. */
const malleable: Build = (body, options) => {
  const request = sign(`${body}\ufffd`, options);
  return { ...request, body: Buffer.concat([Buffer.from(body), Buffer.from([0xfe])]) };
};

/**
 * Everything that must be answered 401 with an empty body and leave no trace: the negative cases of a Standard Webhooks
 * verifier by name. The body given must have an `é` in it.
 */
export const refusedStandardWebhooks: readonly (readonly [string, Build])[] = [
  ["no id header", withHeaders(() => ({ "webhook-id": null }))],
  ["no timestamp header", withHeaders(() => ({ "webhook-timestamp": null }))],
  ["no signature header", withHeaders(() => ({ "webhook-signature": null }))],
  ["an empty signature header", withSignature(() => "")],
  ["a signature header over 8 KiB", withSignature((signature) => `${signature} v2,${"0".repeat(8_200)}`)],
  ["two id headers", withHeaders((_headers, id) => ({ "webhook-id": `${id}, ${id}` }))],
  ["two signature headers, the second right", withSignature((signature) => `${wrong}, ${signature}`)],
  ["two signature headers, the first right", withSignature((signature) => `${signature}, ${wrong}`)],
  ["another id", withHeaders((_headers, id) => ({ "webhook-id": `${id}0` }))],
  [
    "an id with a dot",
    signedAs(({ id, nowMs }) => ({ id: `${id}.1`, timestamp: String(Math.floor(nowMs / 1_000)) })),
  ],
  ["ids of two families that disagree", withHeaders((headers) => ({ ...svix(headers), "svix-id": "other" }))],
  ["one byte of the body changed", withBody((body) => Buffer.from(body.toString().replace("é", "e")))],
  ["white space added", withBody((body) => Buffer.concat([body, Buffer.from(" ")]))],
  ["é written another way", withBody((body) => Buffer.from(body.toString().replace("é", "\\u00e9")))],
  ["a byte order mark in front", withBody((body) => Buffer.concat([bom, body]))],
  ["invalid UTF-8 in place of U+FFFD", malleable],
  ["no body", withBody(() => Buffer.alloc(0))],
  [
    "another tenant's secret",
    (body, options) => sign(body, { ...options, secret: `whsec_${randomBytes(32).toString("base64")}` }),
  ],
  ["a time 301 s ago", signedAt(-301)],
  ["a time 301 s ahead", signedAt(301)],
  ["milliseconds", timestamped((seconds) => `${seconds}000`)],
  ["a fraction of a second", timestamped((seconds) => `${seconds}.5`)],
  ["a negative time", timestamped((seconds) => `-${seconds}`)],
  ["letters after the time", timestamped((seconds) => `${seconds}abc`)],
  [
    "its time altered",
    withHeaders((headers) => ({ "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 1) })),
  ],
  ["a truncated signature", withSignature((signature) => signature.slice(0, -1))],
  ["a longer signature", withSignature((signature) => `${signature}A`)],
  [
    "hex for base64",
    withSignature((signature) => `v1,${Buffer.from(signature.slice(3), "base64").toString("hex")}`),
  ],
  ["a signature beyond ASCII", withSignature(() => `v1,${"é".repeat(43)}=`)],
  ["an empty signature", withSignature(() => "v1,")],
  ["only v1a", withSignature((signature) => signature.replace("v1,", "v1a,"))],
  ["only v2", withSignature((signature) => signature.replace("v1,", "v2,"))],
  ["16 signatures, none right", withSignature(() => Array(16).fill(wrong).join(" "))],
  ["17 signatures, one right", withSignature((signature) => [...Array(16).fill(wrong), signature].join(" "))],
];

const svix = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    ["id", "timestamp", "signature"].map((name) => [`svix-${name}`, String(headers[`webhook-${name}`])]),
  );
