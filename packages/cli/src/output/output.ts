import pc from "picocolors";
import { printableJson } from "./printable.ts";

export type Colors = ReturnType<typeof pc.createColors>;

/** Where commands write. Results go to stdout, everything about them to stderr. */
export interface Output {
  /** Results are JSON, one value per line in commands that go on and on. */
  json: boolean;
  /** stdout is a terminal. */
  isTerminal: boolean;
  colors: Colors;
  /** Writes a line of the result. */
  line(text: string): void;
  /** Writes a value: as JSON, or as `text` says it. */
  result(value: unknown, text: () => string): void;
  /** One thing that happened, in commands that go on and on. */
  event(value: object, text: () => string): void;
  /** For people only: nothing with `--json`. */
  note(text: string): void;
}

export interface OutputDeps {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown };
  json: boolean;
  noColor: boolean;
  forceColor: boolean;
}

/** Builds an {@link Output}. Colours only in a terminal, and neither with NO_COLOR nor in JSON. */
export function createOutput({ stdout, stderr, json, noColor, forceColor }: OutputDeps): Output {
  const isTerminal = stdout.isTTY === true;
  const colors = pc.createColors(!json && !noColor && (isTerminal || forceColor));
  const line = (text: string) => void stdout.write(`${text}\n`);
  return {
    ...{ json, isTerminal, colors, line },
    result: (value, text) => line(json ? printableJson(value, 2) : text()),
    event: (value, text) => line(json ? printableJson(value) : text()),
    note: (text) => void (json || stderr.write(`${text}\n`)),
  };
}
