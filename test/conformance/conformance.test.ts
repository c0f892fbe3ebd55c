import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import * as built from "halfminute";
import * as builtSync from "halfminute/sync";
import { vectorConformance } from "halfminute/vectors";
import { describe, expect, it } from "vitest";

import * as source from "../../src/index.ts";
import * as sourceSync from "../../src/sync.ts";
import { conformance } from "./suite.js";

describe.each([
  ["the built package, by its own name", built],
  ["its synchronous face", builtSync],
  ["the sources", source],
  ["the sources of the synchronous face", sourceSync],
])("%s", (_, library) => {
  conformance({ test: it, expect, library });
  vectorConformance(library, { test: it });
});

it("the suite runs with nothing but Node", async () => {
  const runner = fileURLToPath(new URL("node.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--test-reporter=tap", runner]);
  expect(stdout).toMatch(/^# pass [1-9]\d*$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});

describe("the suite notices", () => {
  const mutants: Record<string, (library: typeof source) => Partial<Record<keyof typeof source, unknown>>> = {
    "a verifier that says yes": () => ({ verifyTotp: () => Promise.resolve({ counter: 41152263, delta: 0 }) }),
    "a verifier that forgets after": ({ verifyTotp }) => ({
      verifyTotp: ((secret, code, options) => {
        const rest = { ...options };
        delete rest.after;
        return verifyTotp(secret, code, rest);
      }) satisfies typeof source.verifyTotp,
    }),
    "a throw instead of a rejection": ({ generateHotp }) => ({
      generateHotp: (secret: string, counter: number, options?: source.GenerateHotpOptions) => {
        if (!secret) throw new source.OtpError("invalid-secret", "thrown");
        return generateHotp(secret, counter, options);
      },
    }),
    "lax base32": ({ decodeSecret }) => ({ decodeBase32: decodeSecret }),
  };
  for (const [name, mutate] of Object.entries(mutants)) {
    it(name, async () => {
      const runs: (() => void | Promise<void>)[] = [];
      const library = { ...source, ...mutate(source) };
      conformance({ test: (_, run) => runs.push(run), expect, library });
      vectorConformance(library as typeof source, { test: (_, run) => runs.push(run) });
      const results = await Promise.allSettled(runs.map(async (run) => run()));
      expect(results.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
    });
  }
});
