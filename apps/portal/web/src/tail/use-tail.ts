import type { TailMessage } from "@carewire/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import { type TailLine, withLines } from "./tail-lines.ts";

export type TailState = "connecting" | "connected" | "refused";

const paintIntervalMs = 200;
const pendingMax = 2_000;
const reopenMs = 3_000;

/** Listens to what happens while `on`. What breaks off, the browser goes on with; what was refused is opened anew. */
export function useTail(on: boolean): { lines: TailLine[]; state: TailState; clear: () => void } {
  const [lines, setLines] = useState<TailLine[]>([]);
  const [state, setState] = useState<TailState>("connecting");
  const nextKey = useRef(0);
  useEffect(() => {
    if (!on) return;
    // Gathered for a moment: a page that is drawn for every message stands still under load.
    let pending: TailLine[] = [];
    let source: EventSource;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    const take = (event: TailMessage["event"]) => (message: MessageEvent<string>) => {
      const parsed = { event, data: JSON.parse(message.data) } as TailMessage;
      pending.push({ key: nextKey.current++, message: parsed });
      if (pending.length > pendingMax) pending = pending.slice(-pendingMax);
    };
    const open = () => {
      source = new EventSource("/api/v1/tail");
      source.addEventListener("event", take("event"));
      source.addEventListener("delivery", take("delivery"));
      source.addEventListener("attempt", take("attempt"));
      source.onopen = () => setState("connected");
      source.onerror = () => {
        if (source.readyState !== EventSource.CLOSED) return setState("connecting");
        setState("refused");
        reopening = setTimeout(open, reopenMs);
      };
    };
    open();
    const timer = setInterval(() => {
      if (pending.length === 0) return;
      const added = pending;
      pending = [];
      setLines((known) => withLines(known, added));
    }, paintIntervalMs);
    return () => {
      clearInterval(timer);
      clearTimeout(reopening);
      source.close();
      setState("connecting");
    };
  }, [on]);
  return { lines, state, clear: useCallback(() => setLines([]), []) };
}
