import { z } from "zod";
import { listSchema } from "../env/schemas.ts";
import { type EgressPolicy, parsePolicy } from "./policy.ts";
import { parseEgressProxy } from "./proxy/egress-proxy.ts";

const hostListSchema = (parse: (entries: string[]) => EgressPolicy) =>
  listSchema.refine((entries) => {
    try {
      parsePolicy(parse(entries));
      return true;
    } catch {
      return false;
    }
  }, "must be comma-separated hosts, host:port pairs or CIDR ranges such as receiver:3000,10.20.0.0/16");

const portListSchema = listSchema
  .refine((entries) => entries.every((entry) => /^[1-9]\d{0,4}$/.test(entry) && Number(entry) <= 65_535), {
    message: "must be comma-separated port numbers",
  })
  .transform((entries) => entries.map(Number));

/**
 * The egress settings of every app that takes or calls destinations; they must be the same for all of them.
 * `EGRESS_ALLOW` names private destinations, `EGRESS_PORTS` opens ports besides 443 and 8443, `PUBLIC_HOSTS` are this
 * installation's own public hosts, to which no subscription may point.
 */
export const egressEnvShape = {
  EGRESS_ALLOW: hostListSchema((allow) => ({ environment: "production", allow })),
  EGRESS_PORTS: portListSchema,
  PUBLIC_HOSTS: hostListSchema((ownHosts) => ({ environment: "production", ownHosts })),
};

/** `EGRESS_PROXY_URL`: http(s):// (CONNECT) or socks5://, credentials before the host; absent means: no proxy. */
export const egressProxySchema = z
  .string()
  .transform((text, context) => {
    const proxy = parseEgressProxy(text);
    if (proxy !== null) return proxy;
    context.addIssue({
      code: "custom",
      message:
        "must be http://, https:// or socks5:// with a host, such as socks5://user:password@proxy.internal:1080",
    });
    return z.NEVER;
  })
  .optional();

type EgressEnv = z.output<z.ZodObject<typeof egressEnvShape>> & { CAREWIRE_ENV: EgressPolicy["environment"] };

/** The policy that {@link egressEnvShape} and `CAREWIRE_ENV` describe. */
export function egressPolicyOf(env: EgressEnv): EgressPolicy {
  return {
    environment: env.CAREWIRE_ENV,
    ports: env.EGRESS_PORTS,
    allow: env.EGRESS_ALLOW,
    ownHosts: env.PUBLIC_HOSTS,
  };
}
