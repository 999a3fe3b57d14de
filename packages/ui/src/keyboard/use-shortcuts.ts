import { useEffect } from "react";

/** What keys do, by key, or by two after each other: `j`, `?`, `g d`. */
export type Shortcuts = Record<string, () => void>;

const sequenceMs = 1_000;

/** Runs what a key stands for, unless somebody is typing, a dialog is open, or the key belongs to the browser. */
export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      const sequence =
        first && event.timeStamp - first.at < sequenceMs ? `${first.key} ${event.key}` : event.key;
      first = { key: event.key, at: event.timeStamp };
      const run = shortcuts[sequence] ?? shortcuts[event.key];
      if (!run) return;
      first = null;
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
