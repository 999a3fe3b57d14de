import { Resolver } from "node:dns/promises";
import { createSingleFlight } from "../cache/single-flight.ts";

/** Resolves a host name to all its addresses, IPv4 first; rejects when there are none or nobody answers in time. */
export type ResolveHost = (hostname: string) => Promise<string[]>;

const deadlineMs = 3_000;
const queryTimeoutMs = 1_000;
const queryTries = 2;
const addressesMax = 64;

function withinDeadline<T>(query: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the name servers did not answer in time")), deadlineMs);
    query.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Resolves by DNS query (c-ares) on its own sockets: `dns.lookup` shares four threads with the file system, so a few
 * slow names would stall the whole process. Answers within 3 s; connections that ask for a name at the same time share
 * one query, and nothing is remembered afterwards. `servers` (`address:port`) are asked; default: the machine's.
 */
export function createHostResolver({ servers }: { servers?: string[] } = {}): ResolveHost {
  const resolver = new Resolver({ timeout: queryTimeoutMs, tries: queryTries });
  if (servers) resolver.setServers(servers);
  const share = createSingleFlight<string[]>();

  const ask = async (hostname: string): Promise<string[]> => {
    const answers = await Promise.allSettled([
      withinDeadline(resolver.resolve4(hostname)),
      withinDeadline(resolver.resolve6(hostname)),
    ]);
    const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length === 0) throw new Error("the name has no address");
    return addresses.slice(0, addressesMax);
  };
  return (hostname) => share(hostname, () => ask(hostname));
}
