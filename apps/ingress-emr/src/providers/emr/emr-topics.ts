/** Video calls that ended: what the handlers act on. */
export const videoCallTopic = "cari.emr.video_call_completed";

/** Every other event of the EMR: recorded, handled by nobody. */
export const recordedTopic = "cari.emr.event_received";
