import { LaunchFailure } from "../launch-failure.ts";

/** Everything a provider of a family is called. */
export interface ProviderNames {
  /** `home-care` */
  family: string;
  /** `acme-labs` */
  provider: string;
  /** `acmeLabs` */
  camel: string;
  /** `ACME_LABS_WEBHOOK_SECRET` */
  secretVariable: string;
  /** `Acme Labs` */
  title: string;
  /** `/api/webhooks/acme-labs` */
  path: string;
  /** `cari.home_care.acme_labs_event_received` */
  topic: string;
}

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const nameCharactersMax = 30;

/** Throws `LaunchFailure` for what is no name. */
export function namesOf(family: string, provider: string): ProviderNames {
  for (const name of [family, provider]) {
    if (namePattern.test(name) && name.length <= nameCharactersMax) continue;
    throw new LaunchFailure(
      `"${name}" cannot be a name: use lower-case words joined by "-", ${nameCharactersMax} characters at most.`,
    );
  }
  const words = provider.split("-");
  const capitalized = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return {
    family,
    provider,
    camel: words[0] + capitalized.slice(1).join(""),
    secretVariable: `${words.join("_").toUpperCase()}_WEBHOOK_SECRET`,
    title: capitalized.join(" "),
    path: `/api/webhooks/${provider}`,
    topic: `cari.${family.replaceAll("-", "_")}.${words.join("_")}_event_received`,
  };
}
