import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LaunchFailure } from "../launch-failure.ts";

/** Changes to the workspace that are written together, once all of them turned out to be possible. */
export interface Draft {
  exists(path: string): boolean;
  /** Throws `LaunchFailure` when it is there already. */
  create(path: string, text: string): void;
  /** Puts `addition` in front of the first `anchor`. Throws `LaunchFailure` when the file has none. */
  insertBefore(path: string, anchor: string | RegExp, addition: string): void;
  /** Puts `addition` behind the first `anchor`. Throws `LaunchFailure` when the file has none. */
  insertAfter(path: string, anchor: string | RegExp, addition: string): void;
  read(path: string): string;
  replace(path: string, text: string): void;
  /** Writes everything; returns the paths, relative to the workspace. */
  write(): string[];
}

/** Starts without a change. Paths are relative to `root`. */
export function createDraft(root: string): Draft {
  const texts = new Map<string, string>();

  const exists = (path: string): boolean => texts.has(path) || existsSync(join(root, path));
  const read = (path: string): string => texts.get(path) ?? readFileSync(join(root, path), "utf8");

  function find(path: string, anchor: string | RegExp): { start: number; end: number } {
    const text = read(path);
    const start = typeof anchor === "string" ? text.indexOf(anchor) : text.search(anchor);
    if (start === -1) {
      throw new LaunchFailure(
        `${path} has no ${String(anchor)} any more: nothing was changed; add it by hand.`,
      );
    }
    const length = typeof anchor === "string" ? anchor.length : (anchor.exec(text)?.[0].length ?? 0);
    return { start, end: start + length };
  }

  function insertAt(path: string, position: number, addition: string): void {
    const text = read(path);
    texts.set(path, text.slice(0, position) + addition + text.slice(position));
  }

  return {
    exists,
    read,
    replace: (path, text) => void texts.set(path, text),
    create(path, text) {
      if (exists(path)) throw new LaunchFailure(`${path} is there already: choose another name.`);
      texts.set(path, text);
    },
    insertBefore: (path, anchor, addition) => insertAt(path, find(path, anchor).start, addition),
    insertAfter: (path, anchor, addition) => insertAt(path, find(path, anchor).end, addition),
    write() {
      for (const [path, text] of texts) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
      return [...texts.keys()];
    },
  };
}
