import { disposableEmailBlocklistSet } from "disposable-email-domains-js";

/** The library would read its whole list anew for every question. */
const domains: ReadonlySet<string> = disposableEmailBlocklistSet();

/** Whether a domain, or one above it, gives addresses to anybody for minutes. */
export function isDisposableDomain(domain: string): boolean {
  const labels = domain.toLowerCase().split(".");
  return labels.some((_label, i) => i < labels.length - 1 && domains.has(labels.slice(i).join(".")));
}
