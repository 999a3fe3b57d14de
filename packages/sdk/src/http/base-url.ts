/** Checks a host's address; returns it without a slash at the end. Throws when it is no http(s) address of a host. */
export function baseUrlOf(given: string | URL): string {
  // Not `URL.parse` or `URL.canParse`: Node 20 lacks the one, and the other would parse twice.
  const url = parse(String(given));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("baseUrl must be an http(s) address, such as https://api.carewire.example");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError("baseUrl must not hold credentials, a query or a fragment");
  }
  return url.href.replace(/\/+$/, "");
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
