import { expect, test } from "vitest";
import { timesNamed } from "./times-named.ts";

test.each([
  ["an empty object", "{}", 0],
  ["another name", '{"b":1,"aa":2}', 0],
  ["one", '{"a":1}', 1],
  ["two", '{"a":1,"b":2,"a":3}', 2],
  ["blanks and line ends around the colon", ' { "a" \r\n\t: 1 , "a":2 } ', 2],
  ["the name as a value", '{"b":"a","c":["a"]}', 0],
  ["the name deeper down, in objects and lists", '{"a":{"a":[{"a":1}]},"b":[{"a":1}]}', 1],
  ["one behind what is deeper down", '{"b":{"c":[1,{}]},"a":1}', 1],
  ["written with escapes", '{"\\u0061":1,"a":2}', 2],
  ["a name that only looks like it", '{"\\"a":1,"a\\\\":2,"\\\\u0061":3}', 0],
  ["braces, brackets and quotes in text", '{"b":"}]{[\\"a\\":1","a":"\\\\","a":"{"}', 2],
  ["an object in text", '{"b":"{\\"a\\":1}"}', 0],
  ["other characters of many bytes", '{"ä":"🩺 \u2028","a":1}', 1],
])("%s", (_what, json, times) => {
  expect(timesNamed(Buffer.from(json), "a")).toBe(times);
});
