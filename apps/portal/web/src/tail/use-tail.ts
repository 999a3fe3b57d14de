import type { TailMessage } from "@carewire/contracts";
import { useCallback, useEffect, useRef, useState } from "react";
import { sessionChangedEvent } from "../api/call.ts";
import { sessionMarkQuery } from "../api/session-mark.ts";
import { type TailEntry, type TailLine, withLines } from "./tail-lines.ts";

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
    let wasConnected = false;
    const add = (message: TailEntry) => {
      pending.push({ key: nextKey.current++, message });
      if (pending.length > pendingMax) pending = pending.slice(-pendingMax);
    };
    const take = (event: TailMessage["event"]) => (message: MessageEvent<string>) =>
      add({ event, data: JSON.parse(message.data) } as TailMessage);
    // Nobody says why; it may be that nobody is signed in any more, or somebody else.
    const refused = () => {
      setState("refused");
      window.dispatchEvent(new Event(sessionChangedEvent));
      reopening = setTimeout(open, reopenMs);
    };
    const open = () => {
      clearTimeout(reopening);
      source = new EventSource(`/api/v1/tail${sessionMarkQuery()}`);
      source.addEventListener("event", take("event"));
      source.addEventListener("delivery", take("delivery"));
      source.addEventListener("attempt", take("attempt"));
      source.addEventListener("skipped", () => add({ event: "gap" }));
      source.addEventListener("end", () => {
        source.close();
        refused();
      });
      source.onopen = () => {
        // What happened while nobody listened is not told later.
        if (wasConnected) add({ event: "gap" });
        wasConnected = true;
        setState("connected");
      };
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) refused();
        else setState("connecting");
      };
    };
    // A connection that was lost asleep looks open.
    const reopen = () => {
      source.close();
      setState("connecting");
      open();
    };
    open();
    window.addEventListener("online", reopen);
    const timer = setInterval(() => {
      if (pending.length === 0) return;
      const added = pending;
      pending = [];
      setLines((known) => withLines(known, added));
    }, paintIntervalMs);
    return () => {
      window.removeEventListener("online", reopen);
      clearInterval(timer);
      clearTimeout(reopening);
      source.close();
      setState("connecting");
    };
  }, [on]);
  return { lines, state, clear: useCallback(() => setLines([]), []) };
}
