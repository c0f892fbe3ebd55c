// The other libraries of the registry, each used as its own documentation says. Where one has
// synchronous and asynchronous functions, the synchronous ones are taken. None of them can find two
// codes in a row: for the long search each gets one code and a wide window.
import { LONG_WINDOW, SECRET, SECRET_BYTES, STEPS } from "./reference.mjs";
import { thirdparty } from "./thirdparty/load.mjs";

const itself = (result) => result;

export const peers = [
  {
    name: "@better-auth/utils",
    source: 'export { createOTP } from "@better-auth/utils/otp"; export { base32 } from "@better-auth/utils/base32";',
    codeIn: itself,
    isAccepted: itself,
    async load() {
      const { createOTP } = await thirdparty("@better-auth/utils/otp");
      const { base32 } = await thirdparty("@better-auth/utils/base32");
      const otp = createOTP(base32.decode(SECRET));
      return {
        codeFromBase32: () => createOTP(base32.decode(SECRET)).totp(),
        codeWithKey: () => otp.totp(),
        verifyFromBase32: (code) => createOTP(base32.decode(SECRET)).verify(code, { window: 1 }),
        resynchronize: ([, code]) => createOTP(base32.decode(SECRET)).verify(code, { window: LONG_WINDOW }),
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
        resynchronize: ([, otp]) => verifyTOTP({ otp, secret: SECRET, window: LONG_WINDOW }),
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
      const key = decodeBase32IgnorePadding(SECRET);
      return {
        codeFromBase32: () => generateTOTP(decodeBase32IgnorePadding(SECRET), 30, 6),
        codeWithKey: () => generateTOTP(key, 30, 6),
        verifyFromBase32: (code) => verifyTOTPWithGracePeriod(decodeBase32IgnorePadding(SECRET), 30, 6, code, 30),
        resynchronize: ([, code]) =>
          verifyTOTPWithGracePeriod(decodeBase32IgnorePadding(SECRET), 30, 6, code, LONG_WINDOW * 30),
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
      const key = thirtyTwo.decode(SECRET);
      return {
        codeFromBase32: () => notp.totp.gen(thirtyTwo.decode(SECRET)),
        codeWithKey: () => notp.totp.gen(key),
        verifyFromBase32: (code) => notp.totp.verify(code, thirtyTwo.decode(SECRET), { window: 1 }),
        resynchronize: ([, code]) => notp.totp.verify(code, thirtyTwo.decode(SECRET), { window: LONG_WINDOW }),
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
      const totp = new TOTP({ secret: SECRET });
      return {
        codeFromBase32: () => new TOTP({ secret: SECRET }).generate(),
        codeWithKey: () => totp.generate(),
        verifyFromBase32: (token) => new TOTP({ secret: SECRET }).validate({ token, window: 1 }),
        resynchronize: ([, token]) => new TOTP({ secret: SECRET }).validate({ token, window: LONG_WINDOW }),
      };
    },
  },
  {
    name: "otplib",
    source: 'export { generateSync, verifySync } from "otplib";',
    codeIn: itself,
    isAccepted: (result) => result.valid,
    async load() {
      const { createGuardrails, generateSync, verifySync } = await thirdparty("otplib");
      const guardrails = createGuardrails({ MAX_WINDOW: STEPS }); // it refuses more than 99 time steps otherwise
      const epochTolerance = LONG_WINDOW * 30;
      return {
        codeFromBase32: () => generateSync({ secret: SECRET }),
        codeWithKey: () => generateSync({ secret: SECRET_BYTES }),
        verifyFromBase32: (token) => verifySync({ secret: SECRET, token, epochTolerance: 30 }),
        resynchronize: ([, token]) => verifySync({ secret: SECRET, token, epochTolerance, guardrails }),
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
      const window = LONG_WINDOW;
      return {
        codeFromBase32: () => speakeasy.totp({ secret: SECRET, encoding: "base32" }),
        codeWithKey: () => speakeasy.totp({ secret: SECRET_BYTES }),
        verifyFromBase32: (token) => speakeasy.totp.verify({ secret: SECRET, encoding: "base32", token, window: 1 }),
        resynchronize: ([, token]) => speakeasy.totp.verify({ secret: SECRET, encoding: "base32", token, window }),
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
        resynchronize: ([, passcode]) => Totp.validate({ secret: SECRET, passcode, drift: LONG_WINDOW }, config),
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
];
