/** Method and path with its parameters filled in; query values that are undefined or empty are left out. */
export function addressOf(
  name: string,
  { params = {}, query = {} }: { params?: Record<string, string>; query?: Record<string, unknown> },
): { method: string; path: string } {
  const [method = "", template = ""] = name.split(" ");
  const path = template.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  return { method, path: search.size === 0 ? path : `${path}?${search}` };
}
