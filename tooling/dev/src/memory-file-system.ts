import { statfsSync } from "node:fs";
import { freemem } from "node:os";

/** Linux keeps the files below this folder in memory. */
export const memoryFileSystem = "/dev/shm";

const tmpfs = 0x0102_1994;
/** Several times what the tests' databases and their write-ahead log take. */
const roomBytesMin = 4 * 1024 ** 3;

/** Whether there is such a file system (a container's is small), and memory to fill it with. */
export function memoryHasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(memoryFileSystem);
    return type === tmpfs && bavail * bsize >= roomBytesMin && freemem() >= roomBytesMin;
  } catch {
    return false;
  }
}
