import { useEffect, useRef } from "react";

/** What keys do, by key, or by two after each other: `j`, `?`, `g d`. */
export type Shortcuts = Record<string, () => void>;

const sequenceMs = 1_000;

/** Runs what a key stands for, unless somebody is typing, a dialog is open, or the key belongs to the browser. */
export function useShortcuts(shortcuts: Shortcuts): void {
  // Outlives a rendering between two keys.
  const last = useRef<{ key: string; at: number } | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      const first = last.current;
      const sequence =
        first && event.timeStamp - first.at < sequenceMs ? `${first.key} ${event.key}` : event.key;
      last.current = { key: event.key, at: event.timeStamp };
      const run = shortcuts[sequence] ?? shortcuts[event.key];
      if (!run) return;
      last.current = null;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [shortcuts]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input, textarea, select, [role=combobox], [role=listbox]") !== null
  );
}
