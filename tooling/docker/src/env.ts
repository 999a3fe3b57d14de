import { databaseUrlSchema, readEnv } from "@carewire/service-kit";
import { z } from "zod";

const schema = z.object({ DATABASE_URL: databaseUrlSchema });

export const env = () => readEnv(schema);
