import { readEnv, workerEnvShape } from "@carewire/service-kit";
import { z } from "zod";

/** The settings of this service. */
export const readDoctorsEnv = () => readEnv(z.object(workerEnvShape(4011)));
