import {
  egressEnvShape,
  egressProxySchema,
  listSchema,
  readEnv,
  secretListSchema,
  workerEnvShape,
} from "@carewire/service-kit";
import { ingressEnvShape, organizationIdSchema } from "@carewire/service-kit/ingress";
import { type LiveKitKey, parseLiveKitSecret } from "@carewire/verifiers";
import { z } from "zod";

const ingressSchema = z.object({
  ...ingressEnvShape(4102),
  /** API keys, comma-separated; the first belongs to the first secret, and so on. */
  LIVEKIT_API_KEY: secretListSchema,
  LIVEKIT_API_SECRET: secretListSchema,
});

/** The settings of the ingress role. `livekitSecrets`: key pairs as `parseLiveKitSecret` reads them. */
export function readIngressEnv() {
  const env = readEnv(
    ingressSchema.refine((env) => env.LIVEKIT_API_KEY.length === env.LIVEKIT_API_SECRET.length, {
      path: ["LIVEKIT_API_SECRET"],
      message: "must hold as many secrets as LIVEKIT_API_KEY holds keys, in the same order",
    }),
  );
  const livekitSecrets = env.LIVEKIT_API_KEY.map((key, i) => `${key}:${env.LIVEKIT_API_SECRET[i] ?? ""}`);
  return { ...env, livekitSecrets };
}

const workerSchema = z
  .object({
    ...workerEnvShape(4202),
    ...egressEnvShape,
    EGRESS_PROXY_URL: egressProxySchema,
    /** LiveKit's API, e.g. https://clinic.livekit.cloud: asked which rooms are open. Without it only time tells. */
    LIVEKIT_URL: z
      .string()
      .transform((text) => text.replace(/^ws/, "http"))
      .refine((text) => URL.canParse(text) && /^https?:\/\/[^/?#@]+\/?$/.test(text), {
        message: "must be an origin such as https://clinic.livekit.cloud, without a path",
      })
      .optional(),
    /** The organization whose project LIVEKIT_URL is: only its rooms are asked about. */
    CAREWIRE_ORGANIZATION_ID: organizationIdSchema.optional(),
    LIVEKIT_API_KEY: listSchema,
    LIVEKIT_API_SECRET: listSchema,
    /** How long a room may be quiet before it counts as ended when LiveKit does not say. */
    LIVEKIT_ROOM_TIMEOUT_HOURS: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, "must be between 1 and 999 hours")
      .transform(Number)
      .default(24),
  })
  .refine((env) => env.LIVEKIT_URL === undefined || readRoomKey(env) !== null, {
    path: ["LIVEKIT_URL"],
    message: "needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET beside it",
  })
  .refine((env) => env.LIVEKIT_URL === undefined || env.CAREWIRE_ORGANIZATION_ID !== undefined, {
    path: ["LIVEKIT_URL"],
    message: "needs CAREWIRE_ORGANIZATION_ID beside it, the organization whose project it is",
  });

/** The newest pair; null when there is none. */
function readRoomKey(env: { LIVEKIT_API_KEY: string[]; LIVEKIT_API_SECRET: string[] }): LiveKitKey | null {
  const parsed = parseLiveKitSecret(`${env.LIVEKIT_API_KEY[0] ?? ""}:${env.LIVEKIT_API_SECRET[0] ?? ""}`);
  return parsed.ok ? parsed.key : null;
}

/** The settings of the handlers role. `roomKey`: what LiveKit's API is asked with. */
export function readWorkerEnv() {
  const env = readEnv(workerSchema);
  return { ...env, roomKey: readRoomKey(env) };
}
