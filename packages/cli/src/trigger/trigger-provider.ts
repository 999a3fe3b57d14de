import { randomUUID } from "node:crypto";
import { addressOf, textOf, unreachable } from "../api/request.ts";
import type { CommandContext } from "../command-context.ts";
import { usableAddress } from "../config/usable-address.ts";
import { CliError, exitCodes } from "../exit-codes.ts";
import { freshen } from "./freshen.ts";
import { withData } from "./parse-data.ts";
import { namesOf, type ProviderSample } from "./provider-sample.ts";
import { providerSamples } from "./provider-samples.generated.ts";
import { idFrom, type ProviderRoute, providerRoutes } from "./providers.ts";

export interface ProviderTrigger {
  provider: string;
  event: string;
  data: string[];
  /** The ingress app's address; default: the local stack's. */
  ingressUrl: string | undefined;
  /** The payment that a callback of mobile money is about. */
  reference: string | undefined;
}

const samplesOf = (provider: string): ProviderSample[] =>
  providerSamples.filter((sample) => sample.provider === provider);

/** Every `<provider>:<event>` there is a sample of. */
export function listProviderEvents(): string[] {
  return Object.keys(providerRoutes).flatMap((provider) => {
    const samples = samplesOf(provider);
    return samples.map((sample) => `${provider}:${namesOf(sample, samples)[0]}`);
  });
}

function findSample(provider: string, event: string): ProviderSample {
  const samples = samplesOf(provider);
  const found = samples.find((sample) => namesOf(sample, samples).includes(event));
  if (found) return found;
  const known = samples.map((sample) => namesOf(sample, samples)[0]).join(", ");
  throw new CliError(`${provider} has no sample called ${event}. There are: ${known}`, exitCodes.usage);
}

function findRoute(provider: string): ProviderRoute {
  const route = providerRoutes[provider];
  if (route) return route;
  const known = Object.keys(providerRoutes).join(", ");
  throw new CliError(`There is no provider ${provider}. There are: ${known}`, exitCodes.usage);
}

function findIngressUrl(
  { settings }: CommandContext,
  { app }: ProviderRoute,
  given: string | undefined,
): string {
  const url = given ?? settings.demo?.urls[app];
  if (url !== undefined) return usableAddress(url, given === undefined ? "the local stack" : "--ingress-url");
  throw new CliError(
    `This needs the address of ${app}: give --ingress-url, or start a local stack.`,
    exitCodes.usage,
  );
}

function bodyOf(sample: ProviderSample, seed: string, nowSeconds: number, data: readonly string[]): Buffer {
  if (!sample.file.endsWith(".json")) {
    if (data.length > 0)
      throw new CliError(`${sample.file} is no JSON: --data does not go with it`, exitCodes.usage);
    return Buffer.from(sample.text);
  }
  const body = freshen(sample.provider, JSON.parse(sample.text) as Record<string, unknown>, {
    seed,
    nowSeconds,
  });
  return Buffer.from(JSON.stringify(withData(body, data)));
}

/** Sends what a provider would send now, signed with the configured secret. */
export async function triggerProvider(context: CommandContext, trigger: ProviderTrigger): Promise<void> {
  const { provider, event, data, ingressUrl, reference = randomUUID() } = trigger;
  const route = findRoute(provider);
  const sample = findSample(provider, event);
  const nowSeconds = Math.floor(context.now() / 1_000);
  const seed = `${context.now()}:${context.random()}`;
  const body = bodyOf(sample, seed, nowSeconds, data);
  const secret = (name: string): string => {
    const value = context.env.secret(name) ?? context.settings.demo?.secrets[name];
    if (value !== undefined) return value;
    throw new CliError(`${provider} signs with ${name}: set it, or start a local stack.`, exitCodes.usage);
  };
  const messageId = `msg_${idFrom(seed, 24)}`;
  const headers = route.headers({ body, messageId, nowSeconds, file: sample.file, secret, reference });
  const ingress = findIngressUrl(context, route, ingressUrl);
  const address = addressOf(ingress, route.path({ reference, secret }));
  const shown = addressOf(ingress, route.shownPath(reference)).href;
  const response = await context
    .fetch(address, {
      method: "POST",
      headers: { "content-type": route.contentType(sample.file), ...headers },
      body: new Uint8Array(body),
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
    })
    .catch((error: unknown) => {
      throw unreachable(address.origin, error);
    });
  const text = await textOf(response, address.origin);
  const result = {
    provider,
    event,
    url: shown,
    status: response.status,
    answer: text.slice(0, 1_000),
  };
  if (!response.ok) {
    const { status } = response;
    const isForNow = status === 429 || status >= 500;
    throw new CliError(
      `${shown} answered ${status}.${isForNow ? "" : " Is the secret the one it verifies with?"}`,
      isForNow ? exitCodes.unreachable : exitCodes.failed,
      result,
    );
  }
  context.output.result(result, () => `${shown} answered ${response.status} ${text.slice(0, 200)}`.trimEnd());
}
