/** What an access link carries behind its #, if this is one; takes it out of the address, so that it stays in no history. */
export function takeAccessToken(location: Location, history: History): string | null {
  if (location.pathname !== "/access") return null;
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/");
  return token === "" ? null : token;
}
