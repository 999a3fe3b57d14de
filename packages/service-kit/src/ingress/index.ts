export { type ParsedBody, parseBody } from "../http/parse-body.ts";
export { parseMultipart, parseUrlEncoded } from "../http/parse-form.ts";
export { createAddressList } from "./address-list.ts";
export { createIngress, type Ingress, type IngressOptions } from "./create-ingress.ts";
export { type IngressEnv, ingressEnvShape, organizationIdSchema } from "./ingress-env.ts";
export { createKeepMalformed, type KeepMalformed, type MalformedRequest } from "./keep-malformed.ts";
export type { Outcome, StoredVerdict, Verdict } from "./outcome.ts";
export { parseSignedJson } from "./parse-signed-json.ts";
export {
  addressUnknown,
  type BoundProvider,
  bindProvider,
  defaultSource,
  type InboundProvider,
  type MappedEnvelope,
  type MappedRequest,
  type PathParams,
  type Reply,
  type RequestToMap,
  type SuccessAnswer,
  type Verification,
} from "./provider.ts";
export { type IngressRouteDeps, type RunIngressOptions, runIngress } from "./run-ingress.ts";
export { createSourceRules } from "./source-rules.ts";
export { createSources, type Sources } from "./sources.ts";
export { createTlsRule, type TlsRule, type TlsRuleOptions } from "./tls-rule.ts";
