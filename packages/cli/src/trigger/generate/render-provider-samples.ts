import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const apps = fileURLToPath(new URL("../../../../../apps/", import.meta.url));

/** What each family has. */
const families: Record<string, string[]> = {
  "ingress-payments": ["stripe", "orange-money", "mtn-momo"],
  "ingress-telemedicine": ["livekit"],
  "ingress-messaging": ["whatsapp"],
  "ingress-gtm": ["resend", "leads"],
  "ingress-emr": ["emr", "hl7v2"],
  "ingress-workforce": ["workforce"],
};

/** The text of `provider-samples.generated.ts`: every sample of the ingress apps, as they are tested with. */
export function renderProviderSamples(): string {
  const entries = Object.entries(families).flatMap(([app, providers]) =>
    providers.flatMap((provider) => {
      const folder = `${apps}${app}/src/providers/${provider}/samples`;
      return (
        readdirSync(folder)
          .filter((file) => /\.(json|hl7|urlencoded)$/.test(file))
          // What mobile money answers when it is asked, not what it sends.
          .filter((file) => !(app === "ingress-payments" && file.startsWith("status_")))
          .sort()
          .map((file) => ({ provider, file, text: readFileSync(`${folder}/${file}`, "utf8") }))
      );
    }),
  );
  const lines = entries.map((entry) => `  ${JSON.stringify(entry)},`);
  return [
    "// Made from apps/ingress-*/src/providers/*/samples by `pnpm generate:samples`; a test notices when it is out of date.",
    'import type { ProviderSample } from "./provider-sample.ts";',
    "",
    "export const providerSamples: readonly ProviderSample[] = [",
    ...lines,
    "];",
    "",
  ].join("\n");
}
