import { readEnv, secretListSchema, workerEnvShape } from "@carewire/service-kit";
import { ingressEnvShape } from "@carewire/service-kit/ingress";
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

/** The settings of the handlers role. */
export const readWorkerEnv = () => readEnv(z.object(workerEnvShape(4202)));
