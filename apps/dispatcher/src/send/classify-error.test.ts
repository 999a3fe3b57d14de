import { outcomeClass } from "@carewire/delivery";
import { expect, test } from "vitest";
import { classifyError } from "./classify-error.ts";

const withCode = (code: string) => Object.assign(new Error("GET http://10.0.0.1/?token=secret"), { code });

test.each([
  ["destination_not_allowed", "not_allowed"],
  ["destination_unresolvable", "network_dns"],
  ["ENOTFOUND", "network_dns"],
  ["EAI_AGAIN", "network_dns"],
  ["ETIMEOUT", "network_dns"],
  ["ECONNREFUSED", "network_connect"],
  ["EHOSTUNREACH", "network_connect"],
  ["ETIMEDOUT", "network_connect"],
  ["UND_ERR_CONNECT_TIMEOUT", "network_connect"],
  ["CERT_HAS_EXPIRED", "network_tls"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "network_tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "network_tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "network_tls"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "network_tls"],
  ["EPROTO", "network_tls"],
  ["HPE_INVALID_CONSTANT", "network_protocol"],
  ["UND_ERR_HEADERS_OVERFLOW", "network_protocol"],
  ["UND_ERR_SOCKET", "network_reset"],
  ["ECONNRESET", "network_reset"],
  ["EPIPE", "network_reset"],
])("%s is %s, and the detail says only the code", (code, expected) => {
  const outcome = classifyError(withCode(code));
  expect(outcomeClass(outcome)).toBe(expected);
  expect(JSON.stringify(outcome)).not.toContain("secret");
  if (outcome.kind === "network") expect(outcome.detail).toContain(code);
});

test("an error without a code is a broken connection", () => {
  expect(classifyError(new Error("other side closed"))).toEqual({
    kind: "network",
    fault: "reset",
    detail: "the connection broke (closed)",
  });
});

test("an answer the client cannot parse is a protocol fault, also without a code", () => {
  const error = Object.assign(new Error("Expected HTTP/"), { name: "HTTPParserError", code: undefined });
  expect(classifyError(error)).toEqual({
    kind: "network",
    fault: "protocol",
    detail: "the answer is not valid HTTP (HTTPParserError)",
  });
});
