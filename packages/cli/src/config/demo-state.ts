import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isThisMachine } from "./is-this-machine.ts";

/** What `npm start` leaves for scripts in `.carewire/demo.json`. */
export interface DemoState {
  /** Where the file was found: the checkout's folder. */
  folder: string;
  api_key?: string;
  admin_api_key?: string;
  organization_id?: string;
  urls: Record<string, string>;
  secrets: Record<string, string>;
  pids: Record<string, number>;
  database_url?: string;
}

/** Reads a file; null when it cannot be read or is another user's: what they wrote is no word on where keys go. */
function readOwn(file: string, userId: number | undefined): string | null {
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    return userId === undefined || fstatSync(opened).uid === userId ? readFileSync(opened, "utf8") : null;
  } catch {
    return null;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function parse(text: string): Partial<DemoState> | null {
  try {
    const state: unknown = JSON.parse(text);
    return typeof state === "object" ? state : null;
  } catch {
    return null;
  }
}

const isLocal = (urls: unknown): boolean =>
  typeof urls === "object" &&
  urls !== null &&
  Object.values(urls).every((url) => typeof url === "string" && isThisMachine(url));

/**
 * The local stack whose checkout the folder is in; null when there is none. A stack of another user, or with an address
 * elsewhere, is passed over: a cloned repository may bring any file.
 */
export function findDemoState(
  from: string,
  userId: number | undefined = process.getuid?.(),
): DemoState | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const text = readOwn(join(folder, ".carewire", "demo.json"), userId);
    const state = text === null ? null : parse(text);
    if (state !== null && isLocal(state.urls ?? {}))
      return { urls: {}, secrets: {}, pids: {}, ...state, folder };
    if (dirname(folder) === folder) return null;
  }
}
