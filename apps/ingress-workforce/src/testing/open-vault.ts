import type { Vault } from "@carewire/bus";

/** A vault that seals nothing, so that tests can read what was published. */
export const openVault: Vault = {
  dataKey: async () => ({
    seal: (_aad, bytes) => Buffer.from(bytes),
    open: (_aad, blob) => Buffer.from(blob),
  }),
};
