export { type Clock, systemClock } from "./clock.ts";
export { type Envelope, envelopeSchema, eventTypePattern, topicPattern } from "./envelope.ts";
export { type IdPrefix, idPrefixes, newId, parsePublicId, publicId, timestampOfId } from "./ids.ts";
