import {
  type ParsedBody,
  parseMultipart,
  parseSignedJson,
  parseUrlEncoded,
} from "@carewire/service-kit/ingress";

/** The formats forms are sent in. */
export const formContentTypes = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
];

/** Reads a verified form in whichever of its formats. */
export function parseLeadBody(rawBody: Buffer, contentType: string): ParsedBody | Promise<ParsedBody> {
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === "application/x-www-form-urlencoded") return parseUrlEncoded(rawBody);
  return mediaType === "multipart/form-data"
    ? parseMultipart(rawBody, contentType)
    : parseSignedJson(rawBody);
}
