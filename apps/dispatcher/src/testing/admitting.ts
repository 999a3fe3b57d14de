import type { Admission, Answer, Offer, Slot } from "../admission/admission.ts";

/** Slots for `rows` first attempts of one endpoint, as a claim would bring them. */
export function claimAs(
  admission: Admission,
  endpoint: string,
  rows: number,
  offer = mustOffer(admission),
  shard = 1,
  bodyBytes = 100,
): Slot[] {
  const deliveries = Array.from({ length: rows }, () => ({
    subscriptionId: endpoint,
    shard,
    lane: 0,
    probe: false,
    bodyBytes,
  }));
  return admission.claimed(offer, deliveries);
}

export function mustOffer(admission: Admission, visits = (_shard: number) => true): Offer {
  const offer = admission.offer(visits);
  if (!offer) throw new Error("there is no room");
  return offer;
}

/** Answers and records all of them. */
export function finish(admission: Admission, slots: Slot[], result: Answer): void {
  for (const slot of slots) {
    admission.answered(slot, result);
    admission.recorded();
  }
}
