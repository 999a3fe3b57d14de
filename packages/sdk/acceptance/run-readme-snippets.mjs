// Runs examples of the README, given as paths: imports each one, and sends a signed webhook to what it makes.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createTestWebhooks } from "@carewire/sdk/testing";

const secret = createTestWebhooks().secrets[0];
const environment = {
  CAREWIRE_SECRET: secret,
  CAREWIRE_API_KEY: "cw_test_1",
  CAREWIRE_URL: await startApi(),
};
// biome-ignore lint/style/noProcessEnv: the examples read their settings as a receiver does.
Object.assign(process.env, environment);

const results = {};
for (const path of process.argv.slice(2)) {
  const isThin = readFileSync(path, "utf8").includes('payloadFormat: "thin"');
  const format = isThin ? "thin" : "envelope";
  results[path] = await use(
    await import(path),
    createTestWebhooks({ secret, format }).build("appointment.created"),
  );
}
process.stdout.write(`\n${JSON.stringify(results)}\n`, () => process.exit(0));

async function use({ default: app, POST, receive, exampleHandler }, webhook) {
  if (receive) return receive(new TextEncoder().encode(webhook.body), new Headers(webhook.headers)).type;
  if (app?.request) return (await app.request("/webhooks", webhook)).status;
  const take = POST ?? app?.fetch ?? exampleHandler?.fetch;
  return take ? (await take(webhook.toRequest())).status : "ran";
}

/** Something that answers like the API, as far as the examples look. */
async function startApi() {
  const api = createServer((request, response) => {
    request.resume();
    const isList = request.method === "GET" && !request.url.startsWith("/dr/");
    const page = { data: [{ name: "EMR sync" }], next_cursor: null, prev_cursor: null };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(isList ? page : { id: "sub_1", secret: "whsec_", starts_at: "09:30" }));
  });
  await new Promise((resolve) => api.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${api.address().port}`;
}
