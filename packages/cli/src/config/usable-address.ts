import { CliError, exitCodes } from "../exit-codes.ts";

/** Returns the address of a host; throws when it is none, and never repeats it: it may hold what belongs elsewhere. */
export function usableAddress(address: string, source: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CliError(`What ${source} says is no address such as https://api.example.com`, exitCodes.usage);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new CliError(
      `The address that ${source} says must not hold a user, a password, a query or a fragment.`,
      exitCodes.usage,
    );
  }
  return address;
}
