/** `1 delivery`, `2 deliveries`: a count of things whose name is given in the plural. */
export function countOf(count: number, plural: string): string {
  return `${count} ${count === 1 ? plural.replace(/ies$/, "y").replace(/s$/, "") : plural}`;
}
