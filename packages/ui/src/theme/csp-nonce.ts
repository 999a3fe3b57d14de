import { setNonce } from "get-nonce";

/**
 * The nonce the server put into this page, for the few style elements that libraries add: the policy allows no others.
 * Undefined on a development server without a policy.
 */
export function readCspNonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return meta?.nonce || meta?.content || undefined;
}

/** Tells the libraries that read it from a place of their own (scroll locks of dialogs). */
export function shareCspNonce(): void {
  const nonce = readCspNonce();
  if (nonce) setNonce(nonce);
}
