import type { Hl7Problem } from "./hl7-problem.ts";

/** A message's text, segments separated by carriage returns, or why the bytes hold none. */
export type ReadText = { ok: true; text: string } | { ok: false; problem: Hl7Problem };

const startOfBlock = 0x0b;
const endOfBlock = 0x1c;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const utf8 = new TextDecoder("utf-8", { fatal: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Takes off an MLLP frame, if there is one, and decodes what is in it. */
export function readText(bytes: Uint8Array): ReadText {
  let text: string;
  try {
    text = utf8.decode(unframed(bytes));
  } catch {
    return refuse("the message is not encoded in UTF-8");
  }
  if (forbidden.test(text)) return refuse("the message has control characters in it");
  return { ok: true, text: text.replace(/\r\n?|\n/g, "\r").replace(/^\r+|\r+$/g, "") };
}

const refuse = (text: string): ReadText => ({
  ok: false,
  problem: { acknowledgement: "AR", condition: 102, text },
});

/** `<VT>` message `<FS><CR>`: only the outermost frame, each half of it optional. */
function unframed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === carriageReturn || bytes[end - 1] === lineFeed)) end--;
  if (end > 0 && bytes[end - 1] === endOfBlock) end--;
  return bytes.subarray(bytes[0] === startOfBlock ? 1 : 0, end);
}
