import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Has what preparing left behind collected now, and not while the load generator takes the time of others. */
export function collectGarbage(): void {
  collect();
}
