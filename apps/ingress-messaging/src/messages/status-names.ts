/**
 * What can become of a message, by rank: a status never gives way to a lower one, however late that arrives. A failure
 * ranks below delivery, since a message that was delivered or read has not failed.
 */
export const statusNames = ["sent", "failed", "delivered", "read", "played", "deleted"] as const;

export type StatusName = (typeof statusNames)[number];

/** Higher is more final. */
export const rankOf = (status: StatusName): number => statusNames.indexOf(status);

export const isStatusName = (text: unknown): text is StatusName =>
  statusNames.some((status) => status === text);
