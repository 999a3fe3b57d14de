export const messageTopic = "cari.messaging.whatsapp_message_received";
export const statusTopic = "cari.messaging.whatsapp_status_updated";

/** Everything else Meta tells (templates, quality, accounts, errors, statuses to come): recorded, handled by nobody. */
export const recordedTopic = "cari.messaging.whatsapp_change_received";

/** What came to a phone number that is not ours: recorded, without effect. */
export const unknownNumberTopic = "cari.messaging.whatsapp_unknown_number_received";
