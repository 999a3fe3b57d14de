import { expect, test } from "vitest";
import type { CommandContext } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ProviderTrigger, triggerProvider } from "./trigger-provider.ts";

const stripe: ProviderTrigger = {
  provider: "stripe",
  event: "invoice.payment_failed",
  data: [],
  ingressUrl: "https://hooks.example.com",
  reference: undefined,
};

test.each([
  [401, exitCodes.failed],
  [413, exitCodes.failed],
  [429, exitCodes.unreachable],
  [503, exitCodes.unreachable],
])("an ingress that answers %i ends trigger with %i", async (status, exitCode) => {
  const context = {
    env: { secret: () => "whsec_test" },
    settings: { demo: null },
    now: () => 1_767_225_600_000,
    random: () => 0.5,
    fetch: async () => new Response("", { status }),
  } as unknown as CommandContext;
  await expect(triggerProvider(context, stripe)).rejects.toMatchObject({ exitCode });
});
