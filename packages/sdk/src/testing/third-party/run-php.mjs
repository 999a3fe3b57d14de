import { readFileSync } from "node:fs";
import { getPHPLoaderModule } from "@php-wasm/node-8-4";
import { loadPHPRuntime, PHP } from "@php-wasm/universal";

// PHP for machines that have none: runs the file that is named, and ends as it does.
const [file = ""] = process.argv.slice(2);
const php = new PHP(await loadPHPRuntime(await getPHPLoaderModule()));
const { text, errors, exitCode } = await php.run({ code: readFileSync(file, "utf8") });
process.stderr.write(errors);
process.stdout.write(text, () => process.exit(exitCode));
