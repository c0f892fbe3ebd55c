// One entry for each row of the table. A column calls what `load` returns by name; a call that is missing leaves its cell
// empty. The calls are those that a user of the library would write, and nothing is wrapped around them:
//
//   codeWithKey()            the code of now, by a key that was made ready before
//   verifyWithKey(code)      the same key, three time steps: the one before, this one, the next
//   codeFromBase32()         the code of now, from the text of the secret
//   verifyFromBase32(code)   from the text of the secret, three time steps
//
// `codeIn` and `isAccepted` read a result. They are used to check it, never while the clock runs. `source` is what a
// program would import to make and to verify a code: its size and the time to import it are measured.
import { createHmac, createSecretKey } from "node:crypto";
import { counterAt, message, SECRET, SECRET_BYTES } from "./reference.mjs";
import { thirdparty } from "./thirdparty/load.mjs";

const itself = (result) => result;

/** The package under test. */
export const OURS = "halfminute";

/** True for its subpaths too. */
export const isOurs = (name) => name.startsWith(OURS);

export const contestants = [
  {
    name: OURS,
    source: 'export { generateTotp, verifyTotp } from "halfminute";',
    codeIn: itself,
    isAccepted: (match) => match !== null,
    async load() {
      const { generateTotp, importKey, verifyTotp } = await import("halfminute");
      const key = await importKey(SECRET);
      return {
        codeWithKey: () => generateTotp(key),
        verifyWithKey: (code) => verifyTotp(key, code),
        codeFromBase32: () => generateTotp(SECRET),
        verifyFromBase32: (code) => verifyTotp(SECRET, code),
      };
    },
  },
  {
    name: `${OURS}/sync`,
    source: 'export { generateTotp, verifyTotp } from "halfminute/sync";',
    codeIn: itself,
    isAccepted: (match) => match !== null,
    async load() {
      const { generateTotp, importKey, verifyTotp } = await import("halfminute/sync");
      const key = importKey(SECRET);
      return {
        codeWithKey: () => generateTotp(key),
        verifyWithKey: (code) => verifyTotp(key, code),
        codeFromBase32: () => generateTotp(SECRET),
        verifyFromBase32: (code) => verifyTotp(SECRET, code),
      };
    },
  },
  {
    name: "@better-auth/utils",
    source: 'export { createOTP } from "@better-auth/utils/otp"; export { base32 } from "@better-auth/utils/base32";',
    codeIn: itself,
    isAccepted: itself,
    async load() {
      const { createOTP } = await thirdparty("@better-auth/utils/otp");
      const { base32 } = await thirdparty("@better-auth/utils/base32");
      return {
        codeFromBase32: () => createOTP(base32.decode(SECRET)).totp(),
        verifyFromBase32: (code) => createOTP(base32.decode(SECRET)).verify(code, { window: 1 }),
      };
    },
  },
  {
    name: "@epic-web/totp",
    source: 'export { generateTOTP, verifyTOTP } from "@epic-web/totp";',
    codeIn: (result) => result.otp,
    isAccepted: (result) => result !== null,
    async load() {
      const { generateTOTP, verifyTOTP } = await thirdparty("@epic-web/totp");
      return {
        codeFromBase32: () => generateTOTP({ secret: SECRET }),
        verifyFromBase32: (otp) => verifyTOTP({ otp, secret: SECRET, window: 1 }),
      };
    },
  },
  {
    name: "@oslojs/otp",
    source:
      'export { generateTOTP, verifyTOTPWithGracePeriod } from "@oslojs/otp"; export { decodeBase32IgnorePadding } from "@oslojs/encoding";',
    codeIn: itself,
    isAccepted: itself,
    async load() {
      const { generateTOTP, verifyTOTPWithGracePeriod } = await thirdparty("@oslojs/otp");
      const { decodeBase32IgnorePadding } = await thirdparty("@oslojs/encoding");
      return {
        codeFromBase32: () => generateTOTP(decodeBase32IgnorePadding(SECRET), 30, 6),
        verifyFromBase32: (code) => verifyTOTPWithGracePeriod(decodeBase32IgnorePadding(SECRET), 30, 6, code, 30),
      };
    },
  },
  {
    name: "notp",
    source: 'export { default as notp } from "notp"; export { default as thirtyTwo } from "thirty-two";',
    codeIn: itself,
    isAccepted: (result) => result !== null,
    async load() {
      const { default: notp } = await thirdparty("notp");
      const { default: thirtyTwo } = await thirdparty("thirty-two");
      return {
        codeFromBase32: () => notp.totp.gen(thirtyTwo.decode(SECRET)),
        verifyFromBase32: (code) => notp.totp.verify(code, thirtyTwo.decode(SECRET), { window: 1 }),
      };
    },
  },
  {
    name: "otpauth",
    source: 'export { TOTP } from "otpauth";',
    codeIn: itself,
    isAccepted: (delta) => delta !== null,
    async load() {
      const { TOTP } = await thirdparty("otpauth");
      return {
        codeFromBase32: () => new TOTP({ secret: SECRET }).generate(),
        verifyFromBase32: (token) => new TOTP({ secret: SECRET }).validate({ token, window: 1 }),
      };
    },
  },
  {
    name: "otplib",
    source: 'export { generateSync, verifySync } from "otplib";',
    codeIn: itself,
    isAccepted: (result) => result.valid,
    async load() {
      const { generateSync, verifySync } = await thirdparty("otplib");
      return {
        codeFromBase32: () => generateSync({ secret: SECRET }),
        verifyFromBase32: (token) => verifySync({ secret: SECRET, token, epochTolerance: 30 }),
      };
    },
  },
  {
    name: "speakeasy",
    source: 'export { default } from "speakeasy";',
    codeIn: itself,
    isAccepted: itself,
    async load() {
      const { default: speakeasy } = await thirdparty("speakeasy");
      return {
        codeFromBase32: () => speakeasy.totp({ secret: SECRET, encoding: "base32" }),
        verifyFromBase32: (token) => speakeasy.totp.verify({ secret: SECRET, encoding: "base32", token, window: 1 }),
      };
    },
  },
  {
    name: "time2fa",
    source: 'export { Totp } from "time2fa";',
    codeIn: ([code]) => code,
    isAccepted: itself,
    async load() {
      const { generateConfig, Totp } = await thirdparty("time2fa");
      const config = generateConfig({ secretSize: SECRET_BYTES.length });
      return {
        codeFromBase32: () => Totp.generatePasscodes({ secret: SECRET }, config),
        verifyFromBase32: (passcode) => Totp.validate({ secret: SECRET, passcode, drift: 1 }, config),
      };
    },
  },
  {
    name: "totp-generator",
    source: 'export { TOTP } from "totp-generator";',
    codeIn: (result) => result.otp,
    async load() {
      const { TOTP } = await thirdparty("totp-generator");
      return { codeFromBase32: () => TOTP.generate(SECRET) };
    },
  },
  {
    // The MAC alone, by the platform: no clock, no base32, no digits, no comparison. What a library can at best come near.
    name: "bare crypto.subtle",
    isBare: true,
    async load() {
      const bytes = new Uint8Array(message(counterAt(Date.now())));
      const secret = new Uint8Array(SECRET_BYTES);
      const algorithm = { name: "HMAC", hash: "SHA-1" };
      const importKey = () => crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
      const mac = (key) => crypto.subtle.sign("HMAC", key, bytes);
      const three = (key) => Promise.all([mac(key), mac(key), mac(key)]);
      const cached = await importKey();
      return {
        codeWithKey: () => mac(cached),
        verifyWithKey: () => three(cached),
        codeFromBase32: () => importKey().then(mac),
        verifyFromBase32: () => importKey().then(three),
      };
    },
  },
  {
    name: "bare node:crypto",
    isBare: true,
    async load() {
      const bytes = message(counterAt(Date.now()));
      const key = createSecretKey(SECRET_BYTES);
      const mac = (secret) => createHmac("sha1", secret).update(bytes).digest();
      const three = (secret) => [mac(secret), mac(secret), mac(secret)];
      return {
        codeWithKey: () => mac(key),
        verifyWithKey: () => three(key),
        codeFromBase32: () => mac(SECRET_BYTES),
        verifyFromBase32: () => three(SECRET_BYTES),
      };
    },
  },
];
