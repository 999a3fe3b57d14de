export const secretMask = "********";

const secretFields = new Set(["secret", "signing_key", "key"]);

/** A value as it is safe to print: what grants access is masked. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      secretFields.has(name) && typeof child === "string" ? secretMask : withoutSecrets(child),
    ]),
  );
}
