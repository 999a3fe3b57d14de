// A receiver without our SDK, with the reference library of Standard Webhooks: npm install standardwebhooks
//   CAREWIRE_SECRET=whsec_… node standardwebhooks.mjs
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.CAREWIRE_SECRET);
const bodyBytesMax = 1024 * 1024;

const server = createServer(async (request, response) => {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) return response.writeHead(413, { connection: "close" }).end();
    chunks.push(chunk);
  }
  let event;
  try {
    // The bytes as they arrived: parsing and writing them again changes what was signed.
    event = webhook.verify(Buffer.concat(chunks), request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  // The same on every attempt and replay: keep it where you keep your data, and skip what you have seen.
  console.log(request.headers["webhook-id"], event.type);
  response.writeHead(204).end();
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/webhooks`);
});
