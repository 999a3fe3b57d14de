import { fileURLToPath } from "node:url";
import { migrate } from "@carewire/db";
import { env } from "./env.ts";

// The build puts the SQL files beside the bundle.
const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

await migrate(env().DATABASE_URL, migrationsFolder);
process.stdout.write("The database is up to date.\n");
