import type { Hl7Context } from "@medplum/core";

const sequenceCharactersMax = 64;

/** Replaces HL7's escape sequences (chapter 2.7): separators, line breaks, hexadecimal bytes. Highlighting is dropped. */
export function unescapeText(text: string, context: Hl7Context): string {
  const escapeSign = context.escapeCharacter;
  if (!text.includes(escapeSign)) return text;
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf(escapeSign, at);
    const end = start === -1 ? -1 : text.indexOf(escapeSign, start + 1);
    if (end === -1 || end - start > sequenceCharactersMax) {
      // What is left begins with an escape character that stands for itself.
      const next = start === -1 || end === -1 ? text.length : start + 1;
      parts.push(text.slice(at, next));
      if (next === text.length) return parts.join("");
      at = next;
      continue;
    }
    const replacement = replacementOf(text.slice(start + 1, end), context);
    parts.push(text.slice(at, start), replacement ?? text.slice(start, end + 1));
    at = end + 1;
  }
}

/** What a sequence stands for; null when it is none of HL7's. */
function replacementOf(sequence: string, context: Hl7Context): string | null {
  switch (sequence) {
    case "F":
      return context.fieldSeparator;
    case "S":
      return context.componentSeparator;
    case "T":
      return context.subcomponentSeparator;
    case "R":
      return context.repetitionSeparator;
    case "E":
      return context.escapeCharacter;
    case "H":
    case "N":
      return "";
    case ".br":
    case ".sp":
      return "\n";
    default:
      return /^X(?:[0-9A-Fa-f]{2})+$/.test(sequence) ? printable(sequence.slice(1)) : null;
  }
}

/** The characters of hexadecimal bytes, without control characters: a NUL could not be stored. */
const printable = (hex: string): string =>
  Buffer.from(hex, "hex")
    .toString("utf8")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is dropped.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
