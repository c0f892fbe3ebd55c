// The libraries that people come from, as bench/thirdparty installs them, each behind the same few
// calls.
import { createRequire } from "node:module";
import path from "node:path";

import { decodeSecret } from "../../../src/index.ts";
import { ROOT } from "../../helpers/packed.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; // RFC 6238's

const THIRDPARTY: string = path.join(ROOT, "bench/thirdparty/package.json");

type Options = Readonly<Record<string, unknown>>;
type Method = (...given: readonly unknown[]) => unknown;
type Library = Readonly<Record<string, Method>>;

export interface Peer {
  /** The page in docs/guide/migrating, without its ending. */
  readonly page: string;
  /** The name in bench/thirdparty/package.json. */
  readonly name: string;
  /**
   * What a program imports from the library, by name. Made anew for each call: some objects change.
   */
  readonly scope: () => Options;
  /** The code of the present moment. */
  readonly generate: (secret: unknown, options?: Options) => unknown;
  /** Without it the library only makes codes. */
  readonly verify?: (secret: unknown, code: unknown, options?: Options) => unknown;
  readonly verifyHotp?: (secret: unknown, code: unknown, counter: number, options?: Options) => unknown;
}

const require = createRequire(THIRDPARTY);

/** Whether they are installed. Under CI they must be; elsewhere their absence is said aloud. */
export function areInstalled(): boolean {
  try {
    require.resolve("notp");
    return true;
  } catch {
    const remedy = "run `node tools/packages.mjs`";
    if (process.env["CI"]) throw new Error(`bench/thirdparty is required under CI: ${remedy}`);
    console.warn(`SKIPPED: bench/thirdparty is not installed, so no other library was run: ${remedy}`);
    return false;
  }
}

async function load(name: string): Promise<Options> {
  const { thirdparty } = (await import(path.join(path.dirname(THIRDPARTY), "load.mjs"))) as {
    readonly thirdparty: (name: string) => Promise<Options>;
  };
  return thirdparty(name);
}

const member = (holder: unknown, name: string): unknown => (holder as Options)[name];
const method = (holder: unknown, name: string): Method => (member(holder, name) as Method).bind<Method>(holder);
const made = (Class: unknown, options: Options): Library => new (Class as new (options: Options) => Library)(options);
const property = async (promise: unknown, name: string): Promise<unknown> => member((await promise) ?? {}, name);

export async function allPeers(): Promise<readonly Peer[]> {
  const [otplib, uri, totp, otpauth, epic] = await Promise.all(
    ["otplib", "@otplib/uri", "@otplib/totp", "otpauth", "@epic-web/totp"].map(load),
  );
  const generator = await load("totp-generator");
  return [
    speakeasy(require("speakeasy") as Options),
    otplib12(require("otplib-12") as Options),
    otplib13({ ...totp, ...otplib, parse: uri?.["parse"] }),
    otpauth9(otpauth ?? {}),
    epicWeb(epic ?? {}),
    node2fa(require("node-2fa") as Options),
    notp(require("notp") as Options),
    {
      page: "totp-generator",
      name: "totp-generator",
      scope: () => generator,
      generate: (secret, options) => property(method(generator["TOTP"], "generate")(secret, options), "otp"),
    },
  ];
}

export function named(peers: readonly Peer[], page: string): Peer {
  const found = peers.find((peer) => peer.page === page);
  if (!found) throw new Error(`no library for ${page}`);
  return found;
}

/** speakeasy, or what stands in for it. */
export function speakeasy(library: Options): Peer {
  const { totp, hotp } = library;
  const base32 = { encoding: "base32" };
  return {
    page: "speakeasy",
    name: "speakeasy",
    scope: () => ({ speakeasy: library }),
    generate: (secret, options) => method(library, "totp")({ secret, ...base32, ...options }),
    verify: (secret, token, options) => method(totp, "verify")({ secret, token, ...base32, ...options }),
    verifyHotp: (secret, token, counter, options) =>
      method(hotp, "verify")({ secret, token, counter, ...base32, ...options }),
  };
}

function otplib12({ authenticator, totp, hotp }: Options): Peer {
  const having = (options: Options = {}): Library => method(authenticator, "clone")(options) as Library;
  return {
    page: "otplib-12",
    name: "otplib-12",
    scope: () => ({ authenticator: having(), totp, hotp }),
    generate: (secret, options) => having(options)["generate"]?.(secret),
    verify: (secret, token, options) => having(options)["verify"]?.({ secret, token }),
    // Takes text as the key, not base32.
    verifyHotp: (secret, token, counter, options) => {
      const text = Buffer.from(decodeSecret(secret as string)).toString("latin1");
      return (method(hotp, "clone")({ ...options }) as Library)["verify"]?.({ secret: text, token, counter });
    },
  };
}

function otplib13(library: Options): Peer {
  const { verify } = library as Library;
  const hotp = { strategy: "hotp" };
  return {
    page: "otplib-13",
    name: "otplib",
    scope: () => library,
    generate: (secret, options) => method(library, "generate")({ secret, ...options }),
    verify: (secret, token, options) => property(verify?.({ secret, token, ...options }), "valid"),
    verifyHotp: (secret, token, counter, options) =>
      property(verify?.({ ...hotp, secret, token, counter, ...options }), "valid"),
  };
}

function otpauth9(library: Options): Peer {
  const { TOTP, HOTP } = library;
  return {
    page: "otpauth",
    name: "otpauth",
    scope: () => ({
      ...library,
      totp: made(TOTP, { secret: SECRET, issuer: "Acme", label: "alice@example.com" }),
      hotp: made(HOTP, { secret: SECRET, counter: 41152263 }),
    }),
    generate: (secret, options) => made(TOTP, { secret, ...options })["generate"]?.(options),
    verify: (secret, token, options) =>
      made(TOTP, { secret, ...options })["validate"]?.({ token, ...options }) !== null,
    verifyHotp: (secret, token, counter, options) =>
      made(HOTP, { secret })["validate"]?.({ token, counter, ...options }) !== null,
  };
}

function epicWeb(library: Options): Peer {
  return {
    page: "epic-web-totp",
    name: "@epic-web/totp",
    scope: () => library,
    generate: (secret, options) => property(method(library, "generateTOTP")({ secret, ...options }), "otp"),
    verify: (secret, otp, options) => method(library, "verifyTOTP")({ secret, otp, ...options }),
  };
}

function node2fa(library: Options): Peer {
  return {
    page: "node-2fa",
    name: "node-2fa",
    scope: () => library,
    generate: (secret) => property(method(library, "generateToken")(secret), "token"),
    verify: (secret, token, options = {}) => method(library, "verifyToken")(secret, token, options["window"]),
  };
}

/** Takes the key itself; its pages tell people to make base32 of it by `thirty-two`, and back. */
function notp(library: Options): Peer {
  const { totp, hotp } = library;
  const { decode } = require("thirty-two") as { readonly decode: (text: string) => Uint8Array };
  const key = (secret: unknown): unknown => (typeof secret === "string" && secret !== "" ? decode(secret) : secret);
  return {
    page: "notp",
    name: "notp",
    scope: () => ({ notp: library, base32: require("thirty-two") as Options }),
    generate: (secret, options) => method(totp, "gen")(key(secret), { ...options }),
    verify: (secret, token, options) => method(totp, "verify")(token, key(secret), { ...options }),
    verifyHotp: (secret, token, counter, options) =>
      method(hotp, "verify")(token, key(secret), { counter, ...options }),
  };
}
