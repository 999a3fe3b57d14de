/** A count as exact as it is. */
export function countWords({
  total,
  total_is,
}: {
  total: number;
  total_is: "exact" | "at_least" | "at_most";
}): string {
  const number = `${total.toLocaleString("en")} ${total === 1 ? "message" : "messages"}`;
  if (total_is === "exact") return number;
  return total_is === "at_least" ? `at least ${number}` : `up to ${number}`;
}
