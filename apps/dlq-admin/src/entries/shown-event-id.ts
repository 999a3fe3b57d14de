import { publicId } from "@carewire/envelope";

/** Internal events wear a plain uuid, as in seed 1; public ones their public id, or the one their publisher gave. */
export function shownEventId({
  id,
  external_id,
  type,
}: {
  id: string;
  external_id: string | null;
  type: string;
}) {
  return external_id ?? (type.startsWith("cari.") ? id : publicId("evt", id));
}
