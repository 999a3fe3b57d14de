import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

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

/** The local stack whose checkout the folder is in; null when there is none. */
export function findDemoState(from: string): DemoState | null {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      const state = JSON.parse(
        readFileSync(join(folder, ".carewire", "demo.json"), "utf8"),
      ) as Partial<DemoState>;
      return { urls: {}, secrets: {}, pids: {}, ...state, folder };
    } catch {
      if (dirname(folder) === folder) return null;
    }
  }
}
