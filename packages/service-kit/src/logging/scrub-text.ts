const textLengthMax = 500;

/** Everything from `?` or `#` of a URL, and `user:password@` before its host. */
const urlCredentials = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi;
const urlQuery = /([a-z][a-z0-9+.-]*:\/\/[^\s?#"'`]*)[?#][^\s"'`]*/gi;
const pathQuery = /(^|\s)(\/[^\s?#"'`]*)\?[^\s"'`]*/g;
const bearer = /\b(bearer|basic)\s+[^\s"',]+/gi;
const knownSecrets = /\b(?:cw_(?:live|sess|link)_|whsec_|whsk_|sk_live_|sk_test_|rk_live_)[A-Za-z0-9+/=_-]+/g;

/** Every pattern above needs one of these; most text has none, and one look is cheaper than five replacements. */
const suspicious = /[/?#@]|bearer|basic|cw_|whsec_|whsk_|sk_live_|sk_test_|rk_live_/i;

/**
 * Takes what must never be logged out of a line of text: credentials and query strings of URLs, authorization values
 * and anything that looks like one of our keys. The result has at most 500 characters.
 */
export function scrubText(text: string): string {
  if (!suspicious.test(text)) return text.slice(0, textLengthMax);
  return text
    .slice(0, textLengthMax * 4)
    .replace(urlCredentials, "$1")
    .replace(urlQuery, "$1")
    .replace(pathQuery, "$1$2")
    .replace(bearer, "$1 [redacted]")
    .replace(knownSecrets, "[redacted]")
    .slice(0, textLengthMax);
}
