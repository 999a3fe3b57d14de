/** In lower case, as `node:http` gives it. */
export const ekaHeaderName = "eka-webhook-signature";

/** What Eka's own example allows, in both directions. */
export const ekaToleranceSeconds = 180;
