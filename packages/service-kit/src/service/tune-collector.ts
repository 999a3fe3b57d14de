import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8's collections short under load. See docs/adr/0010.
 *
 * - Everything is allocated young. By default V8 allocates old what it expects to live long, and takes requests that wait
 *   for a commit during a collection for that: they then stay until a full collection, and keep others alive.
 * - The old generation may grow to four times what was alive. By default V8 starts marking as soon as less is left than
 *   the young generation could bring, which after a flood is always: a full collection follows the other.
 */
export function tuneCollector(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
  setFlagsFromString("--heap-growing-percent=300");
}
