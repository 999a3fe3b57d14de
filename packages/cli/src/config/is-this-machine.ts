const hosts = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether what is at the address runs on this machine. */
export const isThisMachine = (address: string): boolean =>
  URL.canParse(address) && hosts.has(new URL(address).hostname);
