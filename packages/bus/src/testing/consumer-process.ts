import { connect } from "@carewire/db";
import { systemClock } from "@carewire/envelope";
import { consume } from "../consume.ts";
import { createPublisher } from "../publish.ts";
import { createWaker } from "../waker.ts";
import { createAesVault } from "./aes-vault.ts";

// Run by the crash tests as a process of its own: node consumer-process.ts <database> <consumer> <topic> <failpoint>.
const [url = "", consumer = "", topic = "", crashAt = ""] = process.argv.slice(2);
const sql = connect({ url, max: 4, applicationName: consumer });
const vault = createAesVault();

consume({
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
  async handler(tx, _envelope, context) {
    await tx`insert into effects (event_id, by) values (${context.eventId}, 'the crashing one')`;
  },
  failpoint(name) {
    if (name === crashAt) process.kill(process.pid, "SIGKILL");
  },
});
