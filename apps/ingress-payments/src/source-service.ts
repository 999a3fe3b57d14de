/** Recorded as the origin of the public events. */
export const sourceService = "ingress-payments";
