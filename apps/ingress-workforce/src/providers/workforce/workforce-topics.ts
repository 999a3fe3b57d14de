/** Approved leave: what the handler acts on. */
export const leaveTopic = "cari.workforce.leave_approved";

/** Every other event of the workforce system: recorded, handled by nobody. */
export const recordedTopic = "cari.workforce.event_received";
