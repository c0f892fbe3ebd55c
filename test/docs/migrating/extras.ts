// What single libraries do: rows of the tables "What behaves differently" that outcomes.ts does not
// have.
import {
  buildOtpauthUri,
  decodeSecret,
  generateHotp,
  generateSecret,
  generateTotp,
  parseOtpauthUri,
} from "../../../src/index.ts";
import { verifyHotp, verifyTotp } from "../../../src/sync.ts";
import { SMALL_EXTRAS } from "./extras-small.ts";
import type { Peer } from "./libraries.ts";
import {
  TEXT,
  TWINS,
  atTwins,
  WRONG,
  codeBy,
  twins,
  anyCall,
  made,
  shared,
  textWindow,
  farWindow,
  endless,
  type Calls,
  type Measure,
  type Options,
  type Row,
} from "./measures.ts";
import { CODE, moved, SECRET, STEP, verdict, windowOf } from "./outcomes.ts";

/** Row by page. Each gets its library and, for speakeasy, what stands in for it. */
export const EXTRAS: Readonly<Record<string, (peer: Peer) => Row[]>> = {
  speakeasy: (peer) => {
    const library = anyCall(peer.scope()["speakeasy"]);
    const delta = (token: string, time: number): unknown =>
      anyCall(library["totp"])["verifyDelta"]?.({ secret: SECRET, encoding: "base32", window: 1, token, time });
    const has = (part: string, uri: unknown): string => (String(uri).includes(part) ? "in the URI" : "left out");
    const account = { secret: SECRET, issuer: "Acme", accountName: "a" };
    return [
      ...shared(peer, { time: NaN }),
      textWindow(() => windowOf((code) => peer.verify?.(SECRET, code, { window: "1" }))),
      twins("two steps with one code", () => delta(TWINS.code, TWINS.step * 30)),
      [
        "issuer for `generateSecret`",
        () => has("issuer=Acme", (library["generateSecret"]?.({ issuer: "Acme" }) as Options)["otpauth_url"]),
        () => has("issuer=Acme", buildOtpauthUri(account)),
      ],
      [
        "HOTP counter in the URI",
        () => has("counter=5", library["otpauthURL"]?.({ secret: SECRET, label: "a", type: "hotp", counter: 5 })),
        () => has("counter=5", buildOtpauthUri({ ...account, type: "hotp", counter: 5 })),
      ],
      [
        "no `encoding`",
        () => (library["totp"]?.({ secret: SECRET, time: 59 }) === "372946" ? "letters are the key" : "base32"),
        async () => ((await generateTotp(SECRET, { at: new Date(59_000) })) === "287082" ? "base32" : "letters"),
      ],
    ];
  },
  "otplib-12": (peer) => {
    const { authenticator, hotp } = peer.scope() as Readonly<Record<string, Calls>>;
    return [
      ...shared(peer),
      textWindow(() => verdict(() => peer.verify?.(SECRET, CODE, { window: "1" }))),
      twins("two steps with one code", () =>
        anyCall(authenticator?.["clone"]?.({ epoch: atTwins.getTime(), window: 1 }))["checkDelta"]?.(
          TWINS.code,
          SECRET,
        ),
      ),
      [
        "text as a HOTP secret",
        () => (hotp?.["generate"]?.(TEXT, STEP) === CODE ? "the letters are the key" : "base32"),
        async () => ((await generateHotp(SECRET, STEP)) === CODE ? "base32" : "the letters are the key"),
      ],
    ];
  },
  "otplib-13": (peer) => {
    const { verify } = peer.scope() as Calls;
    const valid = async (more: Options): Promise<boolean> =>
      ((await verify?.({ secret: SECRET, token: CODE, ...more })) as { readonly valid: boolean }).valid;
    const ifElse =
      (call: Measure): Measure =>
      async () =>
        (await call()) ? "lets in" : "refuses";
    const used =
      (after: unknown): Measure =>
      () =>
        verdict(() => verifyTotp(SECRET, CODE, { after: after as null }));
    return [
      ...shared(peer, { epoch: NaN }),
      textWindow(() => verdict(() => valid({ epochTolerance: "30" })), "tolerance given as text"),
      [
        "`if (await verify(…))`, wrong code",
        ifElse(() => verify?.({ secret: SECRET, token: WRONG })),
        ifElse(() => verifyTotp(SECRET, WRONG)),
      ],
      [
        "last code 10 s late, tolerance 5 s",
        () => verdict(() => valid({ epoch: (STEP + 1) * 30 + 10, epochTolerance: 5 })),
        () => verdict(() => verifyTotp(SECRET, CODE, { at: new Date((STEP + 1) * 30_000 + 10_000), lookBehind: 1 })),
      ],
      ["last step `null`", () => verdict(() => valid({ afterTimeStep: null })), used(null)],
      ["last step `undefined`", () => verdict(() => valid({ afterTimeStep: undefined })), used(undefined)],
      ["last step ahead of the window", () => verdict(() => valid({ afterTimeStep: STEP + 1 })), used(STEP + 2)],
      twins("two steps with one code", () =>
        verify?.({ secret: SECRET, token: TWINS.code, epoch: TWINS.step * 30, epochTolerance: 30 }),
      ),
    ];
  },
  otpauth: (peer) => {
    const { HOTP, TOTP, URI } = peer.scope();
    const totp = made(TOTP, { secret: SECRET });
    const ifElse = (answer: unknown): string => (answer ? "lets in" : "refuses");
    const uri = `otpauth://totp/a?secret=${SECRET}`;
    const read = async (call: Measure): Promise<string> => ((await verdict(call)) === "throws" ? "throws" : "read");
    const reads = (more: string): [Measure, Measure] => [
      () => read(() => anyCall(URI)["parse"]?.(`${uri}&${more}`)),
      () => read(() => parseOtpauthUri(`${uri}&${more}`)),
    ];
    return [
      ...shared(peer, { timestamp: NaN }),
      [
        "`if (totp.validate(…))`, right code",
        () => ifElse(totp["validate"]?.({ token: CODE })),
        () => ifElse(verifyTotp(SECRET, CODE)),
      ],
      [
        "HOTP code used a second time",
        () => verdict(() => made(HOTP, { secret: SECRET })["validate"]?.({ token: CODE, counter: STEP + 1 })),
        () => verdict(() => verifyHotp(SECRET, CODE, STEP + 1)),
      ],
      [
        "`period: null`",
        () => codeBy(() => made(TOTP, { secret: SECRET, period: null })["generate"]?.()),
        () => codeBy(() => generateTotp(SECRET, { period: null as never })),
      ],
      ["second `secret` in a URI", ...reads("secret=JBSWY3DPEHPK3PXP")],
      ["`algorithm=SHA-256` in a URI", ...reads("algorithm=SHA-256")],
      twins("two steps with one code", () =>
        made(TOTP, { secret: SECRET })["validate"]?.({ token: TWINS.code, timestamp: atTwins.getTime() }),
      ),
    ];
  },
  "epic-web-totp": (peer) => {
    const { verifyTOTP, getTOTPAuthUri, generateTOTP } = peer.scope() as Calls;
    const uri = (): string =>
      String(
        getTOTPAuthUri?.({
          secret: SECRET,
          issuer: "Acme Co",
          accountName: "a",
          period: 30,
          digits: 6,
          algorithm: "SHA-1",
        }),
      );
    const space = (of: string): string =>
      of.includes("issuer=Acme+Co") ? "`+`" : /issuer=Acme%20Co/.test(of) ? "`%20`" : of;
    const twin = (): unknown => verifyTOTP?.({ secret: SECRET, otp: TWINS.code });
    const bytes = async (secret: unknown): Promise<string> => `${decodeSecret(String(await secret)).length} bytes`;
    return [
      ...shared(peer),
      textWindow(() => farWindow((code) => verifyTOTP?.({ secret: SECRET, otp: code, window: "1" }))),
      [
        '`digits: null` and the code `""`',
        () => verdict(() => verifyTOTP?.({ secret: SECRET, otp: "", digits: null })),
        () => verdict(() => verifyTotp(SECRET, "", { digits: null as never })),
      ],
      [
        "`period: null`",
        endless(() => verifyTOTP?.({ secret: SECRET, otp: WRONG, period: null })),
        () => verdict(() => verifyTotp(SECRET, WRONG, { period: null as never })),
      ],
      twins("two steps with one code", () => moved(atTwins.getTime(), async () => await twin())),
      [
        "space in the issuer of a URI",
        () => space(uri()),
        () => space(buildOtpauthUri({ secret: SECRET, issuer: "Acme Co", accountName: "a" })),
      ],
      ["new secret", async () => bytes(((await generateTOTP?.()) as Options)["secret"]), () => bytes(generateSecret())],
    ];
  },
  ...SMALL_EXTRAS,
};
