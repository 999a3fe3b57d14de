import { LaunchFailure } from "../launch-failure.ts";
import type { Draft } from "./draft.ts";
import { renderTemplate } from "./render-template.ts";

const portsFile = "tooling/dev/src/app-ports.ts";

/** Adds the app of a family without a provider: its folder, its port, its service. */
export function addFamily(draft: Draft, family: string): void {
  const app = `apps/ingress-${family}`;
  if (draft.exists(`${app}/package.json`)) {
    throw new LaunchFailure(
      `The family ${family} is there already: add to it with: npm run new:provider -- ${family} <provider>`,
    );
  }
  const port = addPort(draft, family);
  for (const [path, text] of renderTemplate("app", { family, port })) draft.create(`${app}/${path}`, text);
  addService(draft, family, port);
}

/** The next one of the ingress apps. */
function addPort(draft: Draft, family: string): string {
  const text = draft.read(portsFile);
  const taken = [...text.matchAll(/"ingress-[a-z0-9-]+": (\d+),\n/g)];
  const port = String(Math.max(...taken.map(([, number]) => Number(number))) + 1);
  const last = taken.at(-1);
  if (!last) throw new LaunchFailure(`${portsFile} lists no ingress app any more: add the family by hand.`);
  draft.insertAfter(portsFile, last[0], `  "ingress-${family}": ${port},\n`);
  return port;
}

function addService(draft: Draft, family: string, port: string): void {
  const rules = `${family.replaceAll("-", "_").toUpperCase()}_SOURCE_RULES`;
  draft.insertBefore(
    "docker-compose.yml",
    /^services:\n/m,
    `x-${family}-environment: &${family}-environment
  <<: *ingress-environment
  SOURCE_RULES: "\${${rules}:-}"

`,
  );
  draft.insertBefore(
    "docker-compose.yml",
    /^ {2}gateway:\n/m,
    `  ingress-${family}:
    <<: *service
    build: { context: ., dockerfile: tooling/docker/app.Dockerfile, args: { APP: apps/ingress-${family} } }
    environment: { <<: *${family}-environment, PORT: "${port}" }
    networks: [inside, edge]

`,
  );
  draft.insertAfter(".env.example", /^WORKFORCE_SOURCE_RULES=\n/m, `${rules}=\n`);
}
