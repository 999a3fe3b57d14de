export { type AcceptedBodySignature, parseBodySecret } from "./body-signature.ts";
export type { SecretProblem } from "./decode-secret.ts";
export { signEka, verifyEka } from "./eka.ts";
export { parseEmrLegacySecret, signEmrLegacy, verifyEmrLegacy } from "./emr-legacy.ts";
export { generateEd25519Secrets, generateHmacSecret, type RandomBytes } from "./generate-secret.ts";
export { signHexSignature, verifyHexSignature } from "./hex-signature.ts";
export { signLiveKit, signLiveKitRoomList, verifyLiveKit } from "./livekit.ts";
export { type LiveKitKey, parseLiveKitSecret } from "./livekit-key.ts";
export type { LiveKitRefusal, LiveKitRefusalCode } from "./livekit-verdict.ts";
export { type AcceptedMeta, parseMetaSecret, signMeta, verifyMeta } from "./meta.ts";
export { type ChallengeRefusalCode, type ChallengeVerdict, verifyMetaChallenge } from "./meta-challenge.ts";
export {
  type ParsedSecret,
  parseEkaSecret,
  parseSigningSecret,
  parseStripeSecret,
  parseVerifyingSecret,
} from "./parse-secret.ts";
export { signPathTag, verifyPathTag } from "./path-tag.ts";
export { signStandardWebhook, signStandardWebhookWithEach } from "./sign-standard-webhook.ts";
export {
  type ParsedSigner,
  parseSigner,
  type SignatureScheme,
  type Signer,
  signatureHeaders,
} from "./signer.ts";
export type {
  Ed25519SigningKey,
  Ed25519VerifyingKey,
  HmacKey,
  SigningKey,
  VerifyingKey,
} from "./signing-key.ts";
export type { HeaderFamily } from "./standard-webhook-headers.ts";
export { signStripe, verifyStripe } from "./stripe.ts";
export { type AcceptedToken, parseToken, type TokenKey, verifyToken } from "./token.ts";
export { signTypeform, verifyTypeform } from "./typeform.ts";
export type { Accepted, Refusal, RefusalCode } from "./verdict.ts";
export type { RequestHeaders, VerificationInput } from "./verification-input.ts";
export {
  type AcceptedStandardWebhook,
  type StandardWebhookInput,
  verifyStandardWebhook,
} from "./verify-standard-webhook.ts";
export { verifyingSecretOf } from "./verifying-secret.ts";
