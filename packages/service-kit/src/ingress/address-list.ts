import { BlockList, isIP } from "node:net";

/** Addresses and CIDR ranges, v4 and v6. */
export interface AddressList {
  /** False for what is no address. */
  has(address: string | undefined): boolean;
}

/** Builds a list. Throws on an entry that is neither an address nor a CIDR range, saying it is no `what`. */
export function createAddressList(ranges: readonly string[], what: string): AddressList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix, ...rest] = range.split("/");
    const family = isIP(address);
    const bitsMax = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? bitsMax : Number(prefix);
    const wellFormed = prefix === undefined || /^\d{1,3}$/.test(prefix);
    if (family === 0 || rest.length > 0 || !wellFormed || bits > bitsMax) {
      throw new Error(`${what} "${range}" is neither an address nor a CIDR range`);
    }
    list.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
  }
  return {
    has(text) {
      if (text === undefined) return false;
      const address = text.startsWith("::ffff:") ? text.slice("::ffff:".length) : text;
      const family = isIP(address);
      return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
    },
  };
}
