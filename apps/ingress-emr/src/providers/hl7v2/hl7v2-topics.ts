/** One lab result; a message may bring several. */
export const labResultTopic = "cari.clinical.lab_result_received";

/** Messages of other types: recorded, rejected with AR, handled by nobody. */
export const recordedTopic = "cari.emr.hl7v2_message_received";
