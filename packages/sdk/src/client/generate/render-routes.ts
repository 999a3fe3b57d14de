import type { Operation } from "./operations.ts";

/** What stands at the top of every generated file. */
export const generatedNote =
  "// Made from packages/contracts by `npm run generate:client`; a test notices when it is out of date.\n";

/** Operations by their group, in the order of the document. */
export function groupsOf(operations: readonly Operation[]): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    groups.set(operation.group, [...(groups.get(operation.group) ?? []), operation]);
  }
  return groups;
}

/** The table that the client runs on. */
export function renderRoutes(operations: readonly Operation[]): string {
  const groups = [...groupsOf(operations)].map(([group, members]) => {
    const lines = members.map(({ name, method, path, payload, repeat, isList }) => {
      return `    ${name}: ${JSON.stringify({ method, path, payload, repeat, isList })},\n`;
    });
    return `  ${group}: {\n${lines.join("")}  },\n`;
  });
  return `${generatedNote}import type { Route } from "./route.ts";

export const routes: Record<string, Record<string, Route>> = {
${groups.join("")}};
`;
}
