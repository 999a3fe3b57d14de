import { bareHost } from "../bare-host.ts";

/** A forward proxy that gives outbound requests their static address. */
export type EgressProxy = {
  host: string;
  port: number;
  username: string;
  /** May be empty; without a user name there are no credentials. */
  password: string;
} & ({ kind: "connect"; secure: boolean } | { kind: "socks5" });

const defaultPorts: Record<string, number> = { "http:": 80, "https:": 443, "socks5:": 1080 };
/** RFC 1929 counts each in one byte. */
const socksCredentialBytesMax = 255;

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/**
 * Reads `http://`, `https://` (both HTTP CONNECT) or `socks5://`, each with an optional `user:password@`. Returns null
 * for anything else, also for a path or query, which would mean nothing.
 */
export function parseEgressProxy(text: string): EgressProxy | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const defaultPort = defaultPorts[url.protocol];
  const [username, password] = [decode(url.username), decode(url.password)];
  if (defaultPort === undefined || url.hostname === "" || username === null || password === null) return null;
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "") return null;
  if (username === "" && password !== "") return null;
  const place = {
    host: bareHost(url.hostname),
    port: url.port === "" ? defaultPort : Number(url.port),
    username,
    password,
  };
  if (url.protocol !== "socks5:") return { kind: "connect", secure: url.protocol === "https:", ...place };
  const longest = Math.max(Buffer.byteLength(username), Buffer.byteLength(password));
  return longest > socksCredentialBytesMax ? null : { kind: "socks5", ...place };
}
