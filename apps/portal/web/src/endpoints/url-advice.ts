/** What can be told of a URL without asking anybody. */
export type UrlAdvice =
  | { kind: "empty" }
  | { kind: "wrong"; text: string }
  | { kind: "doubtful"; text: string }
  | { kind: "fine" };

const privateHost =
  /^(localhost|.*\.localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[::1\]|\[f[cd])/;

/** A first look at a URL while it is typed. The server decides; this only spares a round trip for what is plainly wrong. */
export function urlAdvice(text: string): UrlAdvice {
  if (text.trim() === "") return { kind: "empty" };
  if (!/^https?:\/\//i.test(text.trim())) return { kind: "wrong", text: "Begin with https://" };
  if (!URL.canParse(text.trim())) return { kind: "wrong", text: "This is not a URL." };
  const url = new URL(text.trim());
  if (url.username !== "" || url.password !== "") {
    return { kind: "wrong", text: "Leave name and password out of the URL; set them under authentication." };
  }
  if (url.hash !== "") return { kind: "wrong", text: "Leave out the part behind #: it is never sent." };
  if (url.hostname.split(".").some((label) => label.startsWith("xn--"))) {
    return {
      kind: "doubtful",
      text: `The host is really ${url.hostname}. Make sure it is not one that only looks like yours.`,
    };
  }
  if (url.protocol === "http:" || privateHost.test(url.hostname)) {
    return {
      kind: "doubtful",
      text: "Only the local stack delivers here. In production use a public https URL.",
    };
  }
  return { kind: "fine" };
}
