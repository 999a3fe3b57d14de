/** Recorded as the origin of what this family publishes. */
export const sourceService = "ingress-gtm";
