import { createHmac, createSecretKey } from "node:crypto";
import { verify } from "@carewire/sdk/verify";
import { Webhook } from "standardwebhooks";
import { type Row, scaled } from "../row.ts";

const bodyBytes = 4_096;
const secretBytes = Buffer.alloc(32, 7);
const secret = `whsec_${secretBytes.toString("base64")}`;
const slices = 400;
const callsPerSlice = 100;

/** A request as an HTTP server hands it over: the signature's headers among others. */
function signedRequest() {
  const text = JSON.stringify({ type: "order.paid", data: { note: "" } });
  const body = text.replace('""', `"${"x".repeat(bodyBytes - text.length)}"`);
  const id = "evt_01h455vb4pex5vsknk084sn02q";
  const signedAt = new Date();
  const headers = {
    host: "hooks.example.com",
    connection: "keep-alive",
    "content-type": "application/json",
    "content-length": String(bodyBytes),
    "user-agent": "Carewire/1",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(signedAt.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, signedAt, body),
  };
  return { headers, body, bytes: Buffer.from(body) };
}

/** Microseconds of one call, in one slice. */
function timeCall(call: () => void, calls: number): number {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) call();
  return Number(process.hrtime.bigint() - startedAt) / 1_000 / calls;
}

/** How fast the SDK verifies, next to the HMAC that nobody can do without and to the reference library. */
export const verifyRow: Row = {
  name: "verify",
  title:
    "the SDK's verify of a 4 KiB request against a bare HMAC with a kept key, and against standardwebhooks",
  metrics: [
    { name: "÷ bare HMAC", unit: "×", target: { relation: "at least", value: 0.7 } },
    { name: "× standardwebhooks", unit: "×", target: { relation: "at least", value: 3 } },
    { name: "verifications", unit: "/s" },
  ],
  async open(bench) {
    const { headers, body, bytes } = signedRequest();
    const key = createSecretKey(secretBytes);
    const reference = new Webhook(secret);
    const sides = {
      bare: () => void createHmac("sha256", key).update(bytes).digest(),
      ours: () => {
        if (!verify(bytes, headers, secret).ok) throw new Error("a genuine request was refused");
      },
      reference: () => void reference.verify(body, headers),
    };
    const calls = scaled(bench, callsPerSlice, 20);
    // Until everything is compiled.
    for (const side of Object.values(sides)) timeCall(side, calls * 50);

    return async () => {
      const us = { bare: Infinity, ours: Infinity, reference: Infinity };
      // In turns, because the machine changes its speed within seconds; the fastest slice is the one nothing interrupted.
      for (let slice = 0; slice < slices; slice++) {
        us.bare = Math.min(us.bare, timeCall(sides.bare, calls));
        us.ours = Math.min(us.ours, timeCall(sides.ours, calls));
        us.reference = Math.min(us.reference, timeCall(sides.reference, Math.ceil(calls / 10)));
      }
      return {
        "÷ bare HMAC": us.bare / us.ours,
        "× standardwebhooks": us.reference / us.ours,
        verifications: 1e6 / us.ours,
      };
    };
  },
};
