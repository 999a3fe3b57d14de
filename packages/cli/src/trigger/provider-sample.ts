/** A request body that a provider sends, as the ingress apps are tested with it. */
export interface ProviderSample {
  provider: string;
  file: string;
  text: string;
}

/** `type` of Stripe and Resend, `event` of LiveKit and the EMR; what names an event inside its body. */
function innerName(text: string): string | null {
  try {
    const { type, event } = JSON.parse(text) as Record<string, unknown>;
    return [type, event].find((name): name is string => typeof name === "string") ?? null;
  } catch {
    return null;
  }
}

const fileName = (file: string): string => file.replace(/\.\w+$/, "");

/** What a sample may be called: by what its provider calls it, or by its file. The first one is shown. */
export function namesOf({ file, text }: ProviderSample, others: readonly ProviderSample[]): string[] {
  const inner = innerName(text);
  const isAmbiguous = others.filter((other) => innerName(other.text) === inner).length > 1;
  const byFile = fileName(file);
  if (inner === null) return [byFile];
  return isAmbiguous && byFile !== inner.replace(/\W/g, "_") ? [byFile] : [inner, byFile];
}
