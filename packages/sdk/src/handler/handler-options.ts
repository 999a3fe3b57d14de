import type { DetailsOptions } from "../details/details-options.ts";
import type { DetailsFetcher } from "../details/fetch-details.ts";
import type { PayloadFormat } from "../events/webhook-event.ts";
import type { IdempotencyStore } from "../idempotency/store.ts";
import type { WebhookScheme } from "../verify/verify-result.ts";
import type { WebhookOutcome } from "./outcome.ts";
import type { WebhookJob } from "./webhook-job.ts";

/** What secrets may be found by. Nothing of it is verified yet: a hint, which the signature confirms or refutes. */
export interface SecretHint {
  /** The value of a header, named in any case; null when it is not there or more than once. */
  header(name: string): string | null;
}

/**
 * One secret, several during a rotation, or a function that finds them, which is asked for every request (keep what it
 * finds). An empty list means that nobody is known by the hint, and is answered 401.
 */
export type HandlerSecrets =
  | string
  | readonly string[]
  | ((hint: SecretHint) => string | readonly string[] | Promise<string | readonly string[]>);

/** Who may send. */
export type SenderOptions =
  | { secrets: HandlerSecrets; scheme?: WebhookScheme; toleranceSeconds?: number; allowUnsigned?: never }
  | {
      /** Accepts requests of anyone at all; for `signature_scheme: "none"`. */ allowUnsigned: true;
      secrets?: never;
    };

/** When the sender is answered. */
export type ProcessingOptions =
  | {
      /** After the listeners are done (default). */
      mode?: "await";
      /**
       * For how long listeners may take before the sender is asked to come again (503), in milliseconds; default 10,000.
       * They go on meanwhile. Carewire waits 15 s. Before that, the body has as long to arrive.
       */
      deadlineMs?: number;
      enqueue?: never;
    }
  | {
      /** As soon as your queue has the event; your worker then calls `handler.process(job)`. */
      mode: "ack-first";
      /** Stores the event; resolve only when it cannot be lost any more. Use `job.id` as the queue's own job id. */
      enqueue: (job: WebhookJob) => unknown;
      /** For how long `enqueue` may take, in milliseconds; default 10,000. */
      deadlineMs?: number;
    };

/** What `createWebhookHandler` may be told besides who may send and when to answer. */
export interface CommonOptions<Format extends PayloadFormat> {
  /** The one format to accept (default: all four). With `"thin"`, `event.data` has the type of thin payloads. */
  payloadFormat?: Format;
  /** Reads what `event.fetchDetails()` asks for: `createClient(…)` or `createDetailsFetcher(…)`. */
  client?: DetailsFetcher;
  /** The same by its options. */
  details?: DetailsOptions;
  /** Makes retries and replays of one event take effect once; without it your listeners must be idempotent. */
  idempotency?: IdempotencyStore;
  /** Bytes of a body that are read at most; default 1 Mi. Payloads have 256 Ki, unless the installation allows more. */
  bodyBytesMax?: number;
  /** The time in milliseconds; default `Date.now`. */
  now?: () => number;
  /** Told what became of every request; not waited for. Default: what went wrong is written to the console. */
  onOutcome?: (outcome: WebhookOutcome) => void;
}

/** Everything `createWebhookHandler` may be told. */
export type WebhookHandlerOptions<Format extends PayloadFormat = PayloadFormat> = CommonOptions<Format> &
  SenderOptions &
  ProcessingOptions;
