export type JsonTokenKind = "key" | "string" | "number" | "word" | "sign";

/** A piece of JSON text. */
export interface JsonToken {
  kind: JsonTokenKind;
  text: string;
}

const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b|[^"\d\w-]+|./gs;

/** Cuts JSON text into pieces to colour; together they are the text again, whatever it is. */
export function tokenizeJson(text: string): JsonToken[] {
  return Array.from(text.matchAll(pattern)).flatMap(([whole, quoted, colon, number, word]): JsonToken[] => {
    if (quoted !== undefined && colon !== undefined) {
      return [
        { kind: "key", text: quoted },
        { kind: "sign", text: colon },
      ];
    }
    if (quoted !== undefined) return [{ kind: "string", text: quoted }];
    if (number !== undefined) return [{ kind: "number", text: number }];
    return [{ kind: word === undefined ? "sign" : "word", text: whole }];
  });
}
