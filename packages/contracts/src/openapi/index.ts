export {
  adminApiContract,
  buildAdminOpenApiDocument,
  buildOpenApiDocument,
  routesOf,
} from "./build-document.ts";
