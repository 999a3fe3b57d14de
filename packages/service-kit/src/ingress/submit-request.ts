import type { Acceptance, Acceptor, Submission } from "@carewire/bus";
import type { BoundProvider } from "./provider.ts";

/** Stores what a request of this provider holds. */
export const submitRequest = (
  { isOneMessage }: Pick<BoundProvider, "isOneMessage">,
  acceptor: Pick<Acceptor, "submit">,
  submission: Submission,
): Promise<Acceptance[]> =>
  isOneMessage ? submitMessage(acceptor, submission) : acceptor.submit(submission);

/**
 * Stores the first event of a message, and the others only if its key does not hold another message. A process that ends in
 * between gave no answer: the repeat finds the first as a duplicate and stores what is missing.
 */
async function submitMessage(
  acceptor: Pick<Acceptor, "submit">,
  submission: Submission,
): Promise<Acceptance[]> {
  const [first, ...others] = submission.events;
  if (first === undefined || others.length === 0) return acceptor.submit(submission);
  const head = await acceptor.submit({ ...submission, events: [first] });
  if (head.some(({ status }) => status === "conflict")) return head;
  return [...head, ...(await acceptor.submit({ ...submission, inbound: null, events: others }))];
}
