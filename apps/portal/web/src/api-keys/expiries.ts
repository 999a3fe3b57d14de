/** How long a key may last, as it can be chosen. */
export const expiries = [
  { value: "never", label: "Never, or with the key you signed in with" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];

/** The moment that a choice stands for; null: never. */
export const expiryOf = (choice: string, nowMs: number): string | null =>
  choice === "never" ? null : new Date(nowMs + Number(choice) * 86_400_000).toISOString();
