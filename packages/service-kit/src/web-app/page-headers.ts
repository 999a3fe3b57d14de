import type { Response } from "express";

/** What the pages of a web app may load, and who may show them in a frame. */
function contentSecurityPolicy(nonce: string | null, frameAncestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    nonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(" ")}`,
  ].join("; ");
}

const permissionsPolicy = ["camera", "display-capture", "geolocation", "microphone", "payment", "usb"]
  .map((feature) => `${feature}=()`)
  .join(", ");

/** Sets the headers of everything a web app consists of, except how long it may be kept; only pages have a nonce. */
export function setPageHeaders(res: Response, nonce: string | null, frameAncestors: readonly string[]): void {
  res.setHeader("content-security-policy", contentSecurityPolicy(nonce, frameAncestors));
  res.setHeader("x-content-type-options", "nosniff");
  res.setHeader("referrer-policy", "no-referrer");
  res.setHeader("permissions-policy", permissionsPolicy);
  res.setHeader("cross-origin-opener-policy", "same-origin");
  res.setHeader("cross-origin-resource-policy", "same-origin");
  // For browsers without frame-ancestors. It cannot name origins, so where some are allowed it must not be there.
  if (frameAncestors.length === 0) res.setHeader("x-frame-options", "DENY");
  else res.removeHeader("x-frame-options");
}
