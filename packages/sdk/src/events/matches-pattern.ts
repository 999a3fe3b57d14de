/** Whether an event type is meant by `order.paid`, `order.*` or `*`. */
export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === "*") return true;
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
