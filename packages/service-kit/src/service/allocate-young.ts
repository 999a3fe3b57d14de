import { setFlagsFromString } from "node:v8";

/**
 * Has V8 allocate everything in the young generation. By default it moves what it expects to live long to the old one,
 * and takes requests that wait for a commit during a collection for that: what they leave behind then stays until a full
 * collection, and keeps what came after it alive. See docs/adr/0010.
 */
export function allocateYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}
