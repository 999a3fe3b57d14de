export { type Acceptor, type AcceptorOptions, CommitTimeout, createAcceptor } from "./accept.ts";
export type { EventDraft } from "./event-draft.ts";
export { createPublisher, type Publisher } from "./publish.ts";
export type { Acceptance, InboundRecord, Submission, SubmittedEvent } from "./submission.ts";
export { type DataKey, deadLetterAad, inboundBodyAad, payloadAad, type Vault } from "./vault.ts";
export { createWaker, type Waker, type Wakeup, wakeChannel } from "./waker.ts";
