import type { Row } from "../row.ts";
import { backlogRow } from "./backlog.ts";
import { bullmqRow } from "./bullmq.ts";
import { deliverRows } from "./deliver.ts";
import { fanOutRow } from "./fan-out.ts";
import { fifoRow } from "./fifo.ts";
import { ingressRows } from "./ingress.ts";
import { isolationRows } from "./isolation.ts";
import { latencyRow } from "./latency.ts";
import { retryStormRow } from "./retry-storm.ts";
import { rssRow } from "./rss.ts";
import { verifyRow } from "./verify.ts";
import { whatsappBatchRow } from "./whatsapp-batch.ts";

/** Every row, in the order they run. */
export const allRows: readonly Row[] = [
  ...ingressRows,
  whatsappBatchRow,
  ...deliverRows,
  bullmqRow,
  backlogRow,
  ...isolationRows,
  latencyRow,
  fanOutRow,
  retryStormRow,
  fifoRow,
  rssRow,
  verifyRow,
];
