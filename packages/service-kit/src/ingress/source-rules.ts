import type { IncomingMessage } from "node:http";
import type { Clock } from "@carewire/envelope";
import { type AddressList, createAddressList } from "./address-list.ts";
import { clientAddressOf } from "./client-address.ts";
import { type BoundProvider, defaultSource } from "./provider.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";
import type { SourceRulesConfig } from "./source-rules-env.ts";

/** Why a source does not take a request: where it came from, or as whom. */
export type SourceRefusal = "address" | "certificate";

export interface SourceRules {
  /**
   * Why no source of the provider would take the request, or null when one may: told before the body is read, when
   * nobody knows yet whose secret it is signed with.
   */
  refuseUnread(provider: BoundProvider, request: IncomingMessage): SourceRefusal | null;
  /** Why the source that signed does not take the request, or null. */
  refuse(provider: BoundProvider, source: string, request: IncomingMessage): SourceRefusal | null;
  /** Takes a token of the source's rate; returns null, or the seconds until there is one. */
  takeToken(provider: BoundProvider, source: string): number | null;
}

export interface SourceRulesOptions {
  config: SourceRulesConfig;
  providers: readonly BoundProvider[];
  trustedProxies: AddressList;
  /** The header in which a trusted proxy names the subject of the client certificate it checked; lower-case. */
  clientCertificateHeader: string;
  clock: Clock;
}

interface Rule {
  addresses: AddressList | null;
  subjects: ReadonlySet<string> | null;
  takeToken: RateLimit | null;
}

/** Rates allow bursts of this many seconds when nothing else is said. */
const burstSeconds = 2;

/** Builds the transport rules of an app's sources. Throws when `config` names a source the app does not have. */
export function createSourceRules(options: SourceRulesOptions): SourceRules {
  const { config, providers, trustedProxies, clientCertificateHeader } = options;
  requireKnown(config, providers);
  const rules = new Map<BoundProvider, Map<string, Rule>>(
    providers.map((provider) => [
      provider,
      new Map(provider.sources.map((source) => [source, toRule(provider, source, options)])),
    ]),
  );

  function check(rule: Rule, request: IncomingMessage): SourceRefusal | null {
    if (rule.addresses && !rule.addresses.has(clientAddressOf(request, trustedProxies))) return "address";
    if (rule.subjects && !rule.subjects.has(subjectOf(request) ?? "")) return "certificate";
    return null;
  }

  function subjectOf(request: IncomingMessage): string | null {
    if (!trustedProxies.has(request.socket.remoteAddress)) return null;
    const subject = request.headers[clientCertificateHeader];
    return typeof subject === "string" ? subject : null;
  }

  return {
    refuseUnread(provider, request) {
      let refusal: SourceRefusal | null = null;
      for (const rule of rules.get(provider)?.values() ?? []) {
        refusal = check(rule, request);
        if (refusal === null) return null;
      }
      return refusal;
    },
    refuse(provider, source, request) {
      const rule = rules.get(provider)?.get(source);
      return rule ? check(rule, request) : null;
    },
    takeToken: (provider, source) => rules.get(provider)?.get(source)?.takeToken?.() ?? null,
  };
}

const keyOf = (provider: string, source: string): string =>
  source === defaultSource ? provider : `${provider}/${source}`;

// A misspelt name would leave open what somebody meant to close.
function requireKnown(config: SourceRulesConfig, providers: readonly BoundProvider[]): void {
  const known = providers.flatMap(({ provider, sources }) =>
    sources.map((source) => keyOf(provider, source)),
  );
  const unknown = Object.keys(config).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new Error(`SOURCE_RULES names the source "${unknown}"; this app has: ${known.join(", ")}`);
}

function toRule(provider: BoundProvider, source: string, { config, clock }: SourceRulesOptions): Rule {
  const given = config[keyOf(provider.provider, source)] ?? {};
  const { allowed_addresses, client_certificate_subjects, burst } = given;
  const ratePerSecond = given.rate_per_second ?? provider.ratePerSecond;
  return {
    addresses: allowed_addresses ? createAddressList(allowed_addresses, "allowed address") : null,
    subjects: client_certificate_subjects ? new Set(client_certificate_subjects) : null,
    takeToken:
      ratePerSecond === undefined
        ? null
        : createRateLimit({
            ratePerSecond,
            burst: burst ?? Math.max(1, Math.ceil(ratePerSecond * burstSeconds)),
            clock,
          }),
  };
}
