import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./paths.ts";

/** What senders and operators were told: more may come, none of it changes. */
const families = {
  payments: {
    routes: [
      "/api/payments/webhooks/mtn-momo{/:reference/:tag}",
      "/api/payments/webhooks/orange-money{/:order/:tag}",
      "/api/webhooks/stripe",
    ],
    secrets: ["STRIPE_WEBHOOK_SECRET", "MOBILE_MONEY_CALLBACK_SECRET"],
  },
  telemedicine: {
    routes: ["/api/webhooks/livekit"],
    secrets: ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"],
  },
  messaging: { routes: ["/webhook"], secrets: ["WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"] },
  gtm: {
    routes: ["/api/gtm/webhooks/inbound", "/api/gtm/webhooks/resend"],
    secrets: ["RESEND_WEBHOOK_SECRET", "GTM_INBOUND_SECRET"],
  },
  emr: {
    routes: ["/webhooks/emr/hl7v2", "/webhooks/emr/video-call-completed"],
    secrets: ["EMR_WEBHOOK_SECRET"],
  },
  workforce: { routes: ["/api/workforce/webhooks/leave-approved"], secrets: ["WORKFORCE_WEBHOOK_SECRET"] },
};

const sourcesOf = (family: string) => join(root, "apps", `ingress-${family}`, "src");

function routesOf(family: string): string[] {
  const folder = join(sourcesOf(family), "providers");
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name, "provider.ts"), "utf8"));
  return sources.flatMap((text) =>
    [...text.matchAll(/\bpath: "([^"]+)"/g)].map(([, path]) => path as string),
  );
}

/** Starts an app with nothing set; resolves to its exit code and what it said. */
const startBare = (family: string) =>
  new Promise<{ code: unknown; said: string }>((resolve) => {
    const env = { PATH: process.env.PATH, CAREWIRE_ENV: "production" };
    execFile(process.execPath, [join(sourcesOf(family), "main.ts")], { env }, (error, _stdout, said) =>
      resolve({ code: error?.code ?? 0, said }),
    );
  });

test.each(Object.entries(families))("ingress-%s has the routes that senders know", (family, { routes }) => {
  expect(routesOf(family)).toEqual(expect.arrayContaining(routes));
});

test.concurrent.each(Object.entries(families))(
  "ingress-%s does not start in production without its secrets, and names each",
  async (family, { secrets }) => {
    const { code, said } = await startBare(family);
    expect(code).toBe(1);
    const missing = [...said.matchAll(/^ {2}([A-Z_]+): is required$/gm)].map(([, name]) => name);
    const shared = ["DATABASE_URL", "CAREWIRE_ORGANIZATION_ID", "KEY_ENCRYPTION_KEYS"];
    expect(missing).toEqual(expect.arrayContaining([...shared, ...secrets]));
  },
  180_000,
);
