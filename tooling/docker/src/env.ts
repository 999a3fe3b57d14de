import { databaseUrlSchema, readEnv } from "@carewire/service-kit";
import { z } from "zod";

const schema = z.object({
  DATABASE_URL: databaseUrlSchema,
  // It becomes part of the services' DATABASE_URL, so it may hold nothing that a URL reads otherwise.
  SERVICE_PASSWORD: z
    .string()
    .regex(/^[a-zA-Z0-9]{16,}$/, "must be 16 or more letters and digits (make one: openssl rand -hex 24)"),
});

export const env = () => readEnv(schema);
