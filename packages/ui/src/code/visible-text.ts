// Escape sequences, direction marks and invisible characters could make a text look like what it is not.
const deceptive =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this finds.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** The text with every character that does not show, or changes how others show, written as `\u202e`. */
export function visibleText(text: string): string {
  return text.replace(deceptive, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
