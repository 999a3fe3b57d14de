import type { Queryable } from "@carewire/db";
import {
  expireSecrets,
  insertSecret,
  type LiveSecret,
  liveSecretsMax,
  readLiveSecrets,
  type SecretStore,
} from "./live-secrets.ts";
import { createSecret, fits, publicKeyOf, type SigningKind, signsAlong } from "./signing-secret.ts";

/** How long a secret signs along that a change of the scheme or key type replaced, milliseconds. */
const overlapMs = 24 * 3_600_000;

/** The public key from now on; or that too many secrets are in force already. */
export type RefitSecrets =
  | { outcome: "refitted"; publicKey: string | null }
  | { outcome: "too_many_secrets" };

/**
 * Makes a subscription's secrets fit another scheme or key type. Those that cannot sign so any more expire at once; when
 * the newest is none that can lead, a new one is made and the others sign along for a day.
 */
export async function refitSecrets(
  tx: Queryable,
  store: SecretStore,
  kind: SigningKind,
  random: (byteCount: number) => Uint8Array,
): Promise<RefitSecrets> {
  const live = await readLiveSecrets(tx, store);
  const useful = live.filter(({ secret }) => signsAlong(kind, secret));
  const useless = live.filter((other) => !useful.includes(other));
  await expireSecrets(tx, useless, store.now);
  const leader: LiveSecret | undefined = live[0];
  if (leader !== undefined && fits(kind, leader.secret)) {
    return { outcome: "refitted", publicKey: publicKeyOf(kind, leader.secret) };
  }
  if (useful.length >= liveSecretsMax) return { outcome: "too_many_secrets" };
  const secret = createSecret(kind, random);
  await insertSecret(tx, store, secret, live);
  await expireSecrets(tx, useful, new Date(store.now.getTime() + overlapMs));
  return { outcome: "refitted", publicKey: publicKeyOf(kind, secret) };
}
