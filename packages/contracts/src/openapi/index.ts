export { buildOpenApiDocument, routesOf } from "./build-document.ts";
