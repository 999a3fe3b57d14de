/** Where the portal lives and who may show it in a frame; `url` null: this installation has none. */
export interface PortalPlace {
  url: string | null;
  embedOrigins: readonly string[];
}

/**
 * The address to send somebody to. The token stands in the fragment, which browsers keep to themselves: no server's log
 * and no Referer holds it. `embed` tells the portal's server who may frame the page, before it knows the link.
 */
export function accessLinkUrl(portalUrl: string, token: string, embedOrigin: string | null): string {
  const url = new URL("/access", portalUrl);
  if (embedOrigin !== null) url.searchParams.set("embed", embedOrigin);
  url.hash = token;
  return url.href;
}
