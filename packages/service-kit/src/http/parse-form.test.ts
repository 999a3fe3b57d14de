import fc from "fast-check";
import { expect, test } from "vitest";
import { formFieldsMax, parseMultipart, parseUrlEncoded } from "./parse-form.ts";

const encode = (text: string) => parseUrlEncoded(Buffer.from(text));

const boundary = "----form7MA4YWxk";
const multipartType = `multipart/form-data; boundary=${boundary}`;
const multipart = (...parts: string[]): Buffer =>
  Buffer.from(`${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("")}--${boundary}--\r\n`);
const part = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;

test("an encoded form is its fields; one given several times is a list", () => {
  expect(encode("email=sam%40clinic.example&name=Ren%C3%A9e+Doe&topic=a&topic=b&topic=c&empty=")).toEqual({
    ok: true,
    body: { email: "sam@clinic.example", name: "Renée Doe", topic: ["a", "b", "c"], empty: "" },
  });
});

test("a multipart form is its fields, a file its name", async () => {
  const file =
    'Content-Disposition: form-data; name="cv"; filename="cv.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF';
  const body = multipart(part("email", "sam@clinic.example"), part("topic", "é"), part("topic", "b"), file);
  expect(await parseMultipart(body, multipartType)).toEqual({
    ok: true,
    body: { email: "sam@clinic.example", topic: ["é", "b"], cv: "cv.pdf" },
  });
});

test.each([
  ["empty", "", "the form is empty"],
  ["reaching for the prototype", "a=1&__proto__=2", "prototype"],
  ["reaching for the prototype with escapes", "%5f_proto__=2", "prototype"],
  ["of too many fields", "a=1&".repeat(formFieldsMax + 1), "more than 200 fields"],
])("an encoded form that is %s is refused, and not quoted", (_name, text, reason) => {
  expect(encode(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test("an encoded form that is not UTF-8 is refused", () => {
  expect(parseUrlEncoded(Buffer.from([0x61, 0x3d, 0xfe]))).toMatchObject({ ok: false });
});

test.each<[string, Buffer, string]>([
  ["without a boundary", multipart(part("a", "1")), "multipart/form-data"],
  ["with another boundary", multipart(part("a", "1")), "multipart/form-data; boundary=other"],
  ["cut off", multipart(part("a", "1")).subarray(0, -8), multipartType],
  ["that is none", Buffer.from("a=1"), multipartType],
  ["that is empty", Buffer.alloc(0), multipartType],
  ["without fields", multipart(), multipartType],
  ["reaching for the prototype", multipart(part("__proto__", "1")), multipartType],
  ["of too many fields", multipart(...Array(formFieldsMax + 1).fill(part("a", "1"))), multipartType],
])("a multipart form %s is refused", async (_name, body, contentType) => {
  expect(await parseMultipart(body, contentType)).toMatchObject({ ok: false });
});

test("hostile bytes never throw, and never change a prototype", async () => {
  const hostile = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    fc
      .array(fc.tuple(fc.string(), fc.string()))
      .map((parts) => multipart(...parts.map(([n, v]) => part(n, v)))),
  );
  await fc.assert(
    fc.asyncProperty(hostile, fc.oneof(fc.constant(multipartType), fc.string()), async (bytes, type) => {
      const parsed = [parseUrlEncoded(Buffer.from(bytes)), await parseMultipart(Buffer.from(bytes), type)];
      for (const result of parsed) {
        if (result.ok) expect(Object.getPrototypeOf(result.body)).toBe(Object.prototype);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});
