/** The row identity a signing secret is sealed under. */
export const secretAad = (secretId: string): string => `subscription_secrets:${secretId}`;

const secretBytes = 32;

/** A new signing secret (Standard Webhooks: `whsec_` and base64); `random(n)` returns n random bytes. */
export const createSecret = (random: (byteCount: number) => Uint8Array): string =>
  `whsec_${Buffer.from(random(secretBytes)).toString("base64")}`;
