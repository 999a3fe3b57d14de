import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { consume } from "../consume.ts";
import { createPublisher } from "../publish.ts";
import { createWaker } from "../waker.ts";
import { createAesVault } from "./aes-vault.ts";

// Run by the poison tests as a process of its own: node poisoned-process.ts <database> <consumer> <topic>. Some payloads
// kill it; it exits by itself once nothing is left to do.
const [url = "", consumer = "", topic = ""] = process.argv.slice(2);
const sql = connect({ url, max: 12, applicationName: consumer });
const vault = createAesVault();

const consumption = consume({
  sql,
  listen: sql,
  vault,
  publisher: createPublisher({ vault }),
  waker: createWaker({ notify: sql }),
  clock: systemClock,
  random: Math.random,
  logger: { info() {}, warn() {}, error() {} },
  consumer,
  topics: [topic],
  pollMs: 50,
  async handler(tx, { payload }, context) {
    await tx`insert into effects (event_id, by) values (${context.eventId}, ${consumer})`;
    // Every handler of the batch is at work by now, and none has committed.
    await tx`select pg_sleep(0.05)`;
    if (payload.kills) process.kill(process.pid, "SIGKILL");
    return undefined;
  },
});

const waiting = setInterval(async () => {
  const rows = await sql`select 1 from delivery_queue q join consumers c on c.id = q.destination_id
    where c.name = ${consumer} limit 1`;
  if (rows.length > 0) return;
  clearInterval(waiting);
  await consumption.stop();
  process.exit(0);
}, 50);
