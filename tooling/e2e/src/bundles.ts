import { fileURLToPath } from "node:url";

/** The processes of the product: an app, or the worker role of one. */
export type AppRole =
  | "dispatcher"
  | "dlq-admin"
  | "doctors"
  | "ingress-emr"
  | "ingress-emr-worker"
  | "ingress-gtm"
  | "ingress-gtm-worker"
  | "ingress-messaging"
  | "ingress-messaging-worker"
  | "ingress-payments"
  | "ingress-payments-worker"
  | "ingress-telemedicine"
  | "ingress-telemedicine-worker"
  | "ingress-workforce"
  | "ingress-workforce-worker"
  | "portal"
  | "subscriptions-api";

export const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** The folders in `apps/` that are bundled for these tests. */
export const bundledApps = [
  "dispatcher",
  "dlq-admin",
  "doctors",
  "ingress-emr",
  "ingress-gtm",
  "ingress-messaging",
  "ingress-payments",
  "ingress-telemedicine",
  "ingress-workforce",
  "portal",
  "subscriptions-api",
] as const;

/** An app that is bundled. */
export type BundledApp = (typeof bundledApps)[number];

/** Those with pages for people. */
export const webApps = ["dlq-admin", "portal"] as const satisfies BundledApp[];

export const bundler = `${repository}tooling/bundle/bundle.mjs`;

export const appFolder = (app: BundledApp): string => `${repository}apps/${app}`;

/** Where bundles with failpoints go; apart from `dist`, which must never hold one. */
export const bundlesFolder = `${repository}tooling/e2e/.bundles`;

/** Where an app's are. */
export const bundleFolder = (app: BundledApp): string => `${bundlesFolder}/${app}`;

const entries: Record<AppRole, { app: BundledApp; file: string }> = {
  dispatcher: { app: "dispatcher", file: "main.mjs" },
  "dlq-admin": { app: "dlq-admin", file: "main.mjs" },
  doctors: { app: "doctors", file: "main.mjs" },
  "ingress-emr": { app: "ingress-emr", file: "main.mjs" },
  "ingress-emr-worker": { app: "ingress-emr", file: "worker.mjs" },
  "ingress-gtm": { app: "ingress-gtm", file: "main.mjs" },
  "ingress-gtm-worker": { app: "ingress-gtm", file: "worker.mjs" },
  "ingress-messaging": { app: "ingress-messaging", file: "main.mjs" },
  "ingress-messaging-worker": { app: "ingress-messaging", file: "worker.mjs" },
  "ingress-payments": { app: "ingress-payments", file: "main.mjs" },
  "ingress-payments-worker": { app: "ingress-payments", file: "worker.mjs" },
  "ingress-telemedicine": { app: "ingress-telemedicine", file: "main.mjs" },
  "ingress-telemedicine-worker": { app: "ingress-telemedicine", file: "worker.mjs" },
  "ingress-workforce": { app: "ingress-workforce", file: "main.mjs" },
  "ingress-workforce-worker": { app: "ingress-workforce", file: "worker.mjs" },
  portal: { app: "portal", file: "main.mjs" },
  "subscriptions-api": { app: "subscriptions-api", file: "main.mjs" },
};

/** The file that Node runs for a role. */
export function bundleEntry(role: AppRole): string {
  const { app, file } = entries[role];
  return `${bundleFolder(app)}/${file}`;
}
