import { createHash } from "node:crypto";

const tokenBytes = 32;

/** A new session's token: the browser has it, and nobody else. */
export const createSessionToken = (random: (byteCount: number) => Uint8Array): string =>
  Buffer.from(random(tokenBytes)).toString("base64url");

/** What the database keeps of a token. */
export const hashSessionToken = (token: string): Buffer => createHash("sha256").update(token).digest();
