/** What one look found. `skipped`: it could not be looked at, and why. */
export interface Check {
  name: string;
  status: "ok" | "warning" | "failed" | "skipped";
  detail: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail });
export const failed = (name: string, detail: string): Check => ({ name, status: "failed", detail });
export const skipped = (name: string, detail: string): Check => ({ name, status: "skipped", detail });
