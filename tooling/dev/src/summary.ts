import type { DemoState } from "./state.ts";

/** Prints where everything is and how to try it. */
export function printSummary(state: DemoState): void {
  const rows: [string, string][] = [
    ...Object.entries(state.urls),
    ["postgres", withoutPassword(state.database_url)],
    ["redis", state.redis_url ? withoutPassword(state.redis_url) : "none: PostgreSQL wake-ups only"],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log("\nCarewire is ready.\n");
  for (const [name, url] of rows) console.log(`  ${name.padEnd(width)}  ${url}`);
  console.log(`\n  API key       ${state.api_key}`);
  console.log("  everything    .carewire/demo.json (keys, secrets, connection strings), .carewire/logs\n");
  const api = state.urls["subscriptions-api"];
  if (api) console.log(`Publish an event:\n\n${publishExample(api, state.api_key)}\n`);
}

function publishExample(api: string, apiKey: string): string {
  return [
    `  curl -s ${api}/v1/events \\`,
    `    -H 'authorization: Bearer ${apiKey}' -H 'content-type: application/json' \\`,
    `    -d '{"type":"order.paid","data":{"order_id":"o-1","customer_id":"c-1","amount":4200,"currency":"EUR"}}'`,
  ].join("\n");
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = "***";
  return shown.href;
}
