import { useMemo } from "react";
import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";
import { tokenizeJson } from "./json-tokens.ts";
import { showJson } from "./shown-json.ts";

/** Longer texts are not coloured: a span per token would slow the page down. */
const colouredCharactersMax = 30_000;

export interface JsonViewProps {
  /** A value, or text that may or may not be JSON. */
  value: unknown;
  /** What it is, for the copy button and for screen readers. */
  what: string;
}

/** JSON, or any other text somebody sent us, as text and nothing else. */
export function JsonView({ value, what }: JsonViewProps) {
  const shown = useMemo(() => showJson(value), [value]);
  const tokens = useMemo(
    () => (shown.text.length > colouredCharactersMax ? null : tokenizeJson(shown.text)),
    [shown.text],
  );
  const note =
    shown.omitted > 0 ? `${shown.omitted.toLocaleString("en")} more characters are not shown.` : null;
  return (
    <Frame
      what={what}
      copied={typeof value === "string" ? value : JSON.stringify(value, null, 2)}
      note={note}
    >
      {tokens === null
        ? shown.text
        : tokens.map(({ kind, text }, index) =>
            kind === "sign" ? (
              text
            ) : (
              <span key={index} className={classes[kind]}>
                {text}
              </span>
            ),
          )}
    </Frame>
  );
}

export interface CodeBlockProps {
  text: string;
  what: string;
}

/** Text in a fixed-width font, to read and to copy. */
export function CodeBlock({ text, what }: CodeBlockProps) {
  return (
    <Frame what={what} copied={text} note={null}>
      {text}
    </Frame>
  );
}

interface FrameProps {
  what: string;
  copied: string;
  note: string | null;
  children: React.ReactNode;
}

function Frame({ what, copied, note, children }: FrameProps) {
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it. */}
      <pre className={classes.code} tabIndex={0} aria-label={what} role="group">
        {children}
      </pre>
      <span className={classes.copy}>
        <CopyButton text={copied} what={what} />
      </span>
      {note === null ? null : <div className={classes.note}>{note} Copy takes all of it.</div>}
    </div>
  );
}
