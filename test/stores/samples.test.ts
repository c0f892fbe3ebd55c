// What the conformance suite writes must be what its cases say.
import { expect, it } from "vitest";

import { CONTRACT, promised } from "../../src/stores/suite/contract.ts";
import { oddBody, oddIds } from "../../src/stores/suite/samples.ts";
import { read } from "../docs/fences.ts";

it("the odd body of the stores' samples is JSON of 8192 bytes in UTF-8, which is not its length in characters", () => {
  const body = oddBody();
  expect(Buffer.byteLength(body)).toBe(8192);
  expect(body.length).toBeLessThan(8192);
  expect(Buffer.from(body).toString()).toBe(body);
  expect(JSON.stringify(JSON.parse(body))).toBe(body);
  const characters = new Set(JSON.parse(body) as string);
  const first = Array.from({ length: 2048 }, (_, code) => String.fromCharCode(code));
  expect(first.filter((character) => !characters.has(character))).toEqual([]);
});

it("the odd ids of the stores' samples are such as the contract allows, all different, and of every kind", () => {
  const ids = oddIds();
  expect(new Set(ids).size).toBe(ids.length);
  const sizes = ids.map((id) => Buffer.byteLength(id));
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 1024]);
  expect(sizes.filter((size) => size === 1024)).toHaveLength(4);
  for (const id of ids) expect(Buffer.from(id).toString()).toBe(id);
  expect(ids).toEqual(expect.arrayContaining(["1", "01", "A", "a", "__proto__", "%", "😀"]));
});

it("the guide shows the contract that the suite names", () => {
  const page = read("docs/guide/stores/own-store.md");
  const list = page.slice(page.indexOf("## The contract\n"), page.indexOf("## Test it\n")).replaceAll(/\n {3,4}/g, " ");
  const items = list.match(/^\d+\. .*$/gm);
  expect(items).toEqual(promised(CONTRACT.map((_, index) => index + 1)));
});
