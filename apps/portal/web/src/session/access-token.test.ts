import { expect, test, vi } from "vitest";
import { takeAccessToken } from "./access-token.ts";

const take = (url: string) => {
  const { pathname, hash } = new URL(url);
  const replaceState = vi.fn();
  const token = takeAccessToken({ pathname, hash } as Location, { replaceState } as unknown as History);
  return { token, address: replaceState.mock.calls[0]?.[2] };
};

test("the token of a link is taken, and the address does not hold it any more", () => {
  expect(take("http://127.0.0.1/access?embed=x#cw_link_abc")).toEqual({ token: "cw_link_abc", address: "/" });
});

test("what is no token is taken as it is, for the server to refuse", () => {
  expect(take("http://127.0.0.1/access#%")).toEqual({ token: "%", address: "/" });
});

test("other addresses, and a link without its token, have none", () => {
  expect(take("http://127.0.0.1/endpoints#cw_link_abc")).toEqual({ token: null, address: undefined });
  expect(take("http://127.0.0.1/access").token).toBeNull();
});
