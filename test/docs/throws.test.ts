// Every error code that a doc block promises under @throws can be provoked, and none is provoked
// that is not promised.
import { afterEach, describe, expect, it, vi } from "vitest";

import * as halfminute from "../../src/index.ts";
import * as migration from "../../src/migration/index.ts";
import * as qr from "../../src/qr/index.ts";
import * as steam from "../../src/steam/index.ts";
import * as sync from "../../src/sync.ts";
import { read } from "./fences.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const CODES = ["755224", "287082"];

/** A call with something that its types forbid. */
type Wrong = never;
type Provocations = Readonly<Partial<Record<halfminute.OtpErrorCode, () => unknown>>>;

/** What every function does that takes options. */
function options(call: (options: Wrong) => unknown, wrong: object): Provocations {
  return {
    "invalid-options": () => call(30 as Wrong),
    "unknown-option": () => call({ window: 1 } as Wrong),
    "invalid-option": () => call(wrong as Wrong),
  };
}

/** What every function does that takes a secret or key. */
function secrets(face: Face, call: (secret: Wrong, options?: Wrong) => unknown): Provocations {
  const both: Provocations = {
    "invalid-secret": () => call("0189" as Wrong),
    "secret-too-short": () => call("" as Wrong),
    "invalid-key": async () =>
      call((await face.importKey(SECRET, "SHA-256")) as Wrong, { algorithm: "SHA-1" } as Wrong),
  };
  if (face === (sync as unknown as Face)) return both;
  const withoutCrypto = (): unknown => {
    vi.stubGlobal("crypto", undefined);
    return call(SECRET as Wrong);
  };
  return { ...both, "no-webcrypto": withoutCrypto };
}

/** One of the two faces; their calls look the same. */
type Face = typeof halfminute;

function provocationsOf(face: Face): Record<string, Provocations> {
  const {
    buildOtpauthUri,
    decodeBase32,
    decodeSecret,
    encodeBase32,
    generateHotp,
    generateSecret,
    generateTotp,
    importKey,
    parseOtpauthUri,
    resynchronizeHotp,
    resynchronizeTotp,
    timeStep,
    verifyHotp,
    verifyTotp,
  } = face;

  const account = { secret: SECRET, accountName: "alice" };
  return {
    encodeBase32: {
      ...options((given) => encodeBase32(new Uint8Array(1), given), { padding: 1 }),
      "invalid-bytes": () => encodeBase32("text" as Wrong),
    },
    decodeBase32: { "invalid-base32": () => decodeBase32("my") },
    decodeSecret: { "invalid-secret": () => decodeSecret("0189"), "secret-too-short": () => decodeSecret("") },
    generateSecret: {
      ...options((given) => generateSecret(given), { byteLength: 15 }),
      "no-random": () => {
        vi.stubGlobal("crypto", undefined);
        return generateSecret();
      },
    },
    importKey: {
      ...omit(
        secrets(face, (secret) => importKey(secret)),
        "invalid-key",
      ),
      "invalid-option": () => importKey(SECRET, "MD5" as Wrong),
    },
    timeStep: options((given) => timeStep(given), { period: 0 }),
    generateHotp: {
      ...options((given) => generateHotp(SECRET, 0, given), { digits: 5 }),
      ...secrets(face, (secret, given) => generateHotp(secret, 0, given)),
      "invalid-counter": () => generateHotp(SECRET, -1),
    },
    verifyHotp: {
      ...options((given) => verifyHotp(SECRET, "755224", 0, given), { lookAhead: -1 }),
      ...secrets(face, (secret, given) => verifyHotp(secret, "755224", 0, given)),
      "invalid-counter": () => verifyHotp(SECRET, "755224", "0" as Wrong),
    },
    resynchronizeHotp: {
      ...options((given) => resynchronizeHotp(SECRET, CODES, 0, given), { lookAhead: 0 }),
      ...secrets(face, (secret, given) => resynchronizeHotp(secret, CODES, 0, given)),
      "invalid-counter": () => resynchronizeHotp(SECRET, CODES, 0.5),
      "invalid-codes": () => resynchronizeHotp(SECRET, ["755224"], 0),
    },
    generateTotp: {
      ...options((given) => generateTotp(SECRET, given), { at: 0 }),
      ...secrets(face, (secret, given) => generateTotp(secret, given)),
    },
    verifyTotp: {
      ...options((given) => verifyTotp(SECRET, "755224", given), { after: undefined }),
      ...secrets(face, (secret, given) => verifyTotp(secret, "755224", given)),
    },
    resynchronizeTotp: {
      ...options((given) => resynchronizeTotp(SECRET, CODES, given), { lookBehind: 5001, lookAhead: 5000 }),
      ...secrets(face, (secret, given) => resynchronizeTotp(secret, CODES, given)),
      "invalid-codes": () => resynchronizeTotp(SECRET, "755224" as Wrong),
    },
    buildOtpauthUri: {
      ...options((given) => buildOtpauthUri(account, given), { scheme: "https" }),
      "invalid-secret": () => buildOtpauthUri({ ...account, secret: "0189" }),
      "secret-too-short": () => buildOtpauthUri({ ...account, secret: "" }),
      "invalid-counter": () => buildOtpauthUri({ ...account, type: "hotp", counter: -1 }),
      "invalid-account": () => buildOtpauthUri({ ...account, accountName: "a:b" }),
    },
    parseOtpauthUri: {
      "invalid-uri": () => parseOtpauthUri("otpauth://totp/alice"),
      "invalid-secret": () => parseOtpauthUri("otpauth://totp/alice?secret=0189"),
      "secret-too-short": () => parseOtpauthUri("otpauth://totp/alice?secret="),
    },
  };
}

/** Subpaths that are no faces: their functions, and the files that these are in. */
const { assembleMigration, buildMigrationUris, parseMigrationUri } = migration;
const { generateSteamCode, verifySteamCode } = steam;
const [ALICE, BOB] = [{ accountName: "alice" }, { accountName: "bob" }].map((names) => ({ secret: SECRET, ...names }));
const uriOf = (account: Wrong): string => buildMigrationUris([account], { batchId: 1 })[0] ?? "";

/** What every function does that draws. */
function drawing(draw: (text: string, options?: Wrong) => unknown): Provocations {
  return {
    ...options((given) => draw("text", given), { margin: -1 }),
    "invalid-text": () => draw(""),
    "text-too-long": () => draw("x".repeat(2332)),
  };
}

const WINGS: readonly { name: string; wing: object; files: string[]; provocations: Record<string, Provocations> }[] = [
  {
    name: "halfminute/migration",
    wing: migration,
    files: ["migration/parse", "migration/assemble", "migration/build"],
    provocations: {
      parseMigrationUri: { "invalid-uri": () => parseMigrationUri("otpauth-migration://offline") },
      assembleMigration: {
        "invalid-uri": () => assembleMigration(["otpauth-migration://offline"]),
        "invalid-batch": () => assembleMigration([uriOf(ALICE as Wrong), uriOf(BOB as Wrong)]),
      },
      buildMigrationUris: {
        ...options((given) => buildMigrationUris([], given), { maxBytes: 1 }),
        "invalid-account": () => buildMigrationUris([{ secret: SECRET, accountName: "" }]),
        "invalid-secret": () => buildMigrationUris([{ secret: "0189", accountName: "a" }]),
        "secret-too-short": () => buildMigrationUris([{ secret: "", accountName: "a" }]),
        "invalid-counter": () => buildMigrationUris([{ type: "hotp", secret: SECRET, accountName: "a", counter: -1 }]),
        "no-random": () => {
          vi.stubGlobal("crypto", undefined);
          return buildMigrationUris([]);
        },
      },
    },
  },
  {
    name: "halfminute/qr",
    wing: qr,
    files: ["qr/svg", "qr/png", "qr/terminal"],
    provocations: {
      qrSvg: drawing(qr.qrSvg),
      qrDataUrl: drawing(qr.qrDataUrl),
      qrPng: drawing(qr.qrPng),
      qrTerminal: drawing(qr.qrTerminal),
    },
  },
  {
    name: "halfminute/steam",
    wing: steam,
    files: ["steam/steam-code"],
    provocations: {
      generateSteamCode: {
        ...options((given) => generateSteamCode(SECRET, given), { at: 0 }),
        "invalid-secret": () => generateSteamCode({ base64: "-" }),
        "secret-too-short": () => generateSteamCode(""),
        "invalid-key": () => generateSteamCode(sync.importKey(SECRET, "SHA-256")),
      },
      verifySteamCode: {
        ...options((given) => verifySteamCode(SECRET, "", given), { lookAhead: 11 }),
        "invalid-secret": () => verifySteamCode("0189", ""),
        "secret-too-short": () => verifySteamCode("MY", ""),
        "invalid-key": () => verifySteamCode(sync.importKey(SECRET, "SHA-256"), ""),
      },
    },
  },
];

function omit(from: Provocations, code: halfminute.OtpErrorCode): Provocations {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name !== code));
}

const SHARED = ["core/base32", "core/secret", "core/time-step", "otpauth/build", "otpauth/parse"];

const FACES = [
  { name: "halfminute", face: halfminute, folder: "webcrypto" },
  { name: "halfminute/sync", face: sync as unknown as Face, folder: "portable" },
];

/** The error codes in the union of errors.ts. */
const CODES_OF_ERRORS = Array.from(
  read("src/core/errors.ts").matchAll(/^ {2}\| "([\w-]+)"/gm),
  ([, code]) => code ?? "",
);

/** The error codes that the doc block of each exported function names under @throws. */
function promised(files: readonly string[], names: object): Record<string, string[]> {
  const blocks = files.flatMap((file) =>
    Array.from(read(`src/${file}.ts`).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async )?function (\w+)/g)),
  );
  const documented = blocks.filter(([, , name = ""]) => name in names);
  return Object.fromEntries(
    documented.map(([, block = "", name = ""]) => {
      const [, throws = ""] = /@throws([\s\S]*?)\n \* @/.exec(block) ?? [];
      return [name, CODES_OF_ERRORS.filter((code) => throws.includes(`\`${code}\``)).toSorted()];
    }),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const FACES_AND_WINGS = [
  ...FACES.map(({ name, face, folder }) => ({
    name,
    module: face,
    provocations: provocationsOf(face),
    files: [...SHARED, ...["keys", "hotp", "totp"].map((file) => `${folder}/${file}`)],
  })),
  ...WINGS.map(({ wing, ...rest }) => ({ ...rest, module: wing })),
];

describe.each(FACES_AND_WINGS)("$name", ({ module, files, provocations }) => {
  it("every function has its provocations, for just the codes that it promises", () => {
    const functions = Object.keys(module).filter((name) => name !== "OtpError");
    const codes = Object.fromEntries(functions.map((name) => [name, Object.keys(provocations[name] ?? {}).toSorted()]));
    expect(promised(files, module)).toEqual(codes);
  });

  const cases = Object.entries(provocations).flatMap(([name, codes]) =>
    Object.entries(codes).map(([code, provoke]) => ({ name, code, provoke })),
  );
  it.each(cases)("$name throws $code", async ({ code, provoke }) => {
    const error: unknown = await Promise.resolve()
      .then(provoke)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(halfminute.OtpError);
    expect((error as halfminute.OtpError).code).toBe(code);
  });
});

it("every code of OtpErrorCode is explained and can happen", () => {
  const text = read("src/core/errors.ts");
  expect(CODES_OF_ERRORS.filter((code) => !text.includes(` * - \`${code}\`: `))).toEqual([]);
  const all = FACES_AND_WINGS.flatMap(({ provocations }) => Object.values(provocations));
  const possible = new Set(all.flatMap((codes) => Object.keys(codes)));
  expect(CODES_OF_ERRORS.filter((code) => !possible.has(code))).toEqual([]);
});
