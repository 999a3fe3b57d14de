import { fileURLToPath } from "node:url";
import { migrate } from "@carewire/db";
import { env } from "./env.ts";
import { ensureServiceLogin } from "./service-login.ts";

// The build puts the SQL files beside the bundle.
const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
const { DATABASE_URL, SERVICE_PASSWORD } = env();

await migrate(DATABASE_URL, migrationsFolder);
await ensureServiceLogin(DATABASE_URL, { name: "carewire_service", password: SERVICE_PASSWORD });
process.stdout.write("The database is up to date.\n");
