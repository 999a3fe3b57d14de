import { fileURLToPath } from "node:url";

const pathOf = (name: string): string => fileURLToPath(import.meta.resolve(`${name}/bin/node`));

/** The Node releases that what we publish must run on, by major version: paths of their binaries. */
export const nodeBinaries = { 20: pathOf("node-20"), 22: pathOf("node-22"), 24: pathOf("node") } as const;
