export {
  type Acceptance,
  type Acceptor,
  type AcceptorOptions,
  createAcceptor,
  type InboundRecord,
  type Submission,
  type SubmittedEvent,
} from "./accept.ts";
export type { EventDraft } from "./event-draft.ts";
export { createPublisher, type Publisher } from "./publish.ts";
export { type DataKey, deadLetterAad, inboundBodyAad, payloadAad, type Vault } from "./vault.ts";
export { createWaker, type Waker, type Wakeup, wakeChannel } from "./waker.ts";
