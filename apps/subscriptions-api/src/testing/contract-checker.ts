import { apiContract } from "@carewire/contracts";
import { routesOf } from "@carewire/contracts/openapi";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** An answer to compare with what the OpenAPI document promises. */
export interface CheckedAnswer {
  method: string;
  path: string;
  status: number;
  mediaType: string;
  body: unknown;
}

const routes = routesOf(apiContract).map(({ route }) => ({
  method: route.method,
  template: route.path.replace(/:(\w+)/g, "{$1}"),
  pattern: new RegExp(`^${route.path.replace(/:\w+/g, "[^/]+")}$`),
}));

const pointer = (...steps: string[]): string =>
  steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");

/** Test files share a process, and compiling the document's schemas takes longer than most of their tests. */
const compiled = new Map<string, Ajv2020>();

function compile(documentText: string): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...JSON.parse(documentText), $id: "openapi" });
  compiled.set(documentText, ajv);
  return ajv;
}

/** Checks real answers against the document that a running service serves; throws with what differs. */
export function createContractChecker(documentText: string) {
  const ajv = compiled.get(documentText) ?? compile(documentText);
  const checkedRoutes = new Set<string>();

  return {
    /** `<method> <template> <status>` of every answer checked so far. */
    checkedRoutes,
    check({ method, path, status, mediaType, body }: CheckedAnswer): void {
      const route = routes.find((known) => known.method === method && known.pattern.test(path));
      if (route === undefined) return;
      checkedRoutes.add(`${method} ${route.template} ${status}`);
      if (status === 204 || status === 304) return;
      const steps = [
        "paths",
        route.template,
        method.toLowerCase(),
        "responses",
        String(status),
        "content",
        mediaType,
      ];
      const $ref = `openapi#/${pointer(...steps, "schema")}`;
      const validate = ajv.getSchema($ref) ?? ajv.compile({ $ref });
      if (!validate(body)) throw new Error(`${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`);
    },
  };
}
