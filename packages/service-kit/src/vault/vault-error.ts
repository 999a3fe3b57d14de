/**
 * Why sealed bytes cannot be opened, or nothing can be sealed:
 * `malformed` not a blob of ours; `data_key_missing` the organization's key was dropped or never existed;
 * `key_encryption_key_missing` none of the configured keys is the one that wrapped it; `not_authentic` the bytes, the
 * row identity or the key are not the ones used to seal.
 */
export type VaultErrorCode =
  | "malformed"
  | "data_key_missing"
  | "key_encryption_key_missing"
  | "not_authentic";

const messages: Record<VaultErrorCode, string> = {
  malformed: "these bytes were not sealed by this vault",
  data_key_missing: "the organization has no such data key; it was dropped, or never existed",
  key_encryption_key_missing:
    "no configured key encryption key has the id that wrapped this data key; keep old keys in KEY_ENCRYPTION_KEYS",
  not_authentic: "sealed bytes do not belong to this row and key, or were changed",
};

/** Thrown by the vault. The message never holds a key, an id or data. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode) {
    super(messages[code]);
    this.name = "VaultError";
    this.code = code;
  }
}
