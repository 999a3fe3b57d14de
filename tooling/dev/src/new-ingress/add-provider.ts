import { LaunchFailure } from "../launch-failure.ts";
import type { Draft } from "./draft.ts";
import type { ProviderNames } from "./names.ts";
import { renderTemplate } from "./render-template.ts";

/** Adds a provider to a family that is there: its folder, its secret everywhere it is needed, its path and its page. */
export function addProvider(draft: Draft, names: ProviderNames): void {
  const { family, provider, secretVariable } = names;
  const app = `apps/ingress-${family}`;
  if (!draft.exists(`${app}/src/main.ts`)) {
    throw new LaunchFailure(`There is no family ${family}: make it with: npm run new:ingress -- ${family}`);
  }
  for (const [path, text] of renderTemplate("provider", { ...names })) {
    draft.create(`${app}/src/providers/${provider}/${path}`, text);
  }
  for (const [path, text] of renderTemplate("docs", { ...names }))
    draft.create(`docs/providers/${path}`, text);
  draft.insertAfter(
    `${app}/src/env.ts`,
    /\.\.\.ingressEnvShape\(\d+\),\n/,
    `  /** Signing secrets of ${names.title}'s webhook (whsec_…). */\n  ${secretVariable}: secretListSchema,\n`,
  );
  bindInMain(draft, `${app}/src/main.ts`, names);
  addSecret(draft, names);
  addPath(draft, names);
}

/** Formatting and the order of imports are left to biome. */
function bindInMain(draft: Draft, path: string, { provider, camel, secretVariable }: ProviderNames): void {
  draft.insertBefore(
    path,
    /\nconst env = /,
    `import { ${camel}Provider } from "./providers/${provider}/provider.ts";\n`,
  );
  const binding = `bindProvider(${camel}Provider, env.${secretVariable})`;
  draft.insertAfter(
    path,
    /providers: \[/,
    draft.read(path).includes("providers: []") ? binding : `${binding}, `,
  );
}

function addSecret(draft: Draft, { family, title, secretVariable }: ProviderNames): void {
  draft.insertAfter(
    "docker-compose.yml",
    new RegExp(`&${family}-environment\\n  <<: \\*ingress-environment\\n`),
    `  ${secretVariable}: "\${${secretVariable}:-}"\n`,
  );
  draft.insertBefore(
    "tooling/dev/src/secrets.ts",
    /^ {2}POSTGRES_PASSWORD:/m,
    `  ${secretVariable}: () => standardWebhookSecret(),\n`,
  );
  const example = draft.read(".env.example").trimEnd();
  draft.replace(
    ".env.example",
    `${example}\n\n# Secret that ${title} signs with by Standard Webhooks (whsec_…).\n${secretVariable}=\n`,
  );
}

function addPath(draft: Draft, { family, title, path }: ProviderNames): void {
  const service = `http://ingress-${family}:${portOf(draft, family)}`;
  draft.insertBefore(
    "tooling/docker/gateway.conf",
    /^ {2}location \/ \{/m,
    `  # ${title}.\n  location = ${path} {\n    set $service ${service};\n    proxy_pass $service;\n  }\n\n`,
  );
}

function portOf(draft: Draft, family: string): string {
  const port = new RegExp(`"ingress-${family}": (\\d+)`).exec(
    draft.read("tooling/dev/src/app-ports.ts"),
  )?.[1];
  if (port === undefined)
    throw new LaunchFailure(`tooling/dev/src/app-ports.ts has no port for ingress-${family}.`);
  return port;
}
