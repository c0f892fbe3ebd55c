// Models of programs that write otpauth URIs, each with its own escaping, label and plus signs:
// what they mean is read wherever the text carries it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32, parseOtpauthUri } from "../../src/index.ts";
import { MORE } from "../helpers/more.ts";
import { isTidy } from "./arbitraries.ts";

interface Meant {
  readonly secret: string;
  readonly issuer: string;
  readonly accountName: string;
  readonly digits: 6 | 7 | 8;
}

const RUNS_OF_EACH = 170 * MORE; // 10,200 accounts in all with test:all

const units = Array.from("abcXYZ019 +:%#&?/=@.,;é东😀\u200d\u0307İß");
const name = fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 12 }).filter(isTidy);
const meant: fc.Arbitrary<Meant> = fc.record({
  secret: fc.uint8Array({ minLength: 10, maxLength: 40 }).map((bytes) => encodeBase32(bytes)),
  issuer: name,
  accountName: name,
  digits: fc.constantFrom(6, 7, 8),
});

const encode = encodeURIComponent;
const formEncode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
/** As Java and Go have it: percent-encoding with a plus for a space. */
const plusEncode = (text: string): string => encode(text).replaceAll("%20", "+");

interface Writer {
  readonly name: string;
  readonly write: (account: Meant) => string;
  /** Whether the text that it writes says what was meant. */
  readonly carries?: (account: Meant) => boolean;
}

const hasNone = (unwanted: RegExp) => (account: Meant) => !unwanted.test(account.issuer + account.accountName);

const WRITERS: readonly Writer[] = [
  {
    name: "percent-encoded label, form-encoded query (Ente, 2FAS, rotp, django-otp)",
    write: ({ secret, issuer, accountName, digits }) =>
      `otpauth://totp/${encode(issuer)}:${encode(accountName)}?secret=${secret}&issuer=${formEncode(issuer)}&digits=${digits}`,
  },
  {
    name: "titles with colons, percent-encoded throughout (KeePassXC, GNOME)",
    write: ({ secret, issuer, accountName, digits }) =>
      `otpauth://totp/${encode(issuer)}:${encode(accountName)}?secret=${secret.toLowerCase()}&period=30&digits=${digits}&issuer=${encode(issuer)}`,
  },
  {
    name: "the separator encoded too, parameters in the order of the alphabet (otphp, Aegis, WinAuth)",
    write: ({ secret, issuer, accountName, digits }) =>
      `otpauth://totp/${encode(`${issuer}:${accountName}`).replaceAll("%3A", "%3a")}?digits=${digits}&image=content%3A%2F%2F1&issuer=${encode(issuer)}&secret=${secret}`,
  },
  {
    name: "a raw label behind another prefix, raw number signs (Microsoft)",
    write: ({ secret, issuer, accountName, digits }) =>
      `otpauth://totp/Contoso:${accountName}?secret=${secret.toLowerCase()}&issuer=${encode(issuer)}&digits=${digits}`,
    carries: ({ issuer, accountName }) => !/[?%]/.test(accountName) && !/^contoso$/i.test(issuer),
  },
  {
    name: "a template that encodes nothing",
    write: ({ secret, issuer, accountName, digits }) =>
      `otpauth://totp/${issuer}:${accountName}?issuer=${issuer}&secret=${secret}&digits=${digits}`,
    carries: hasNone(/[?&]|%[0-9a-f]{2}/i),
  },
  {
    name: "form encoding throughout (Java, old PHP): without a space nothing is lost",
    write: ({ secret, issuer, accountName, digits }) =>
      ` otpauth://totp/${plusEncode(`${issuer}:${accountName}`)}?secret=${secret.replace(/.{4}/g, "$&%20")}&issuer=${plusEncode(issuer)}&digits=${digits}\r\n`,
    carries: hasNone(/ /),
  },
];

describe("what was meant is read from", () => {
  it.each(WRITERS)("$name", ({ write, carries = () => true }) => {
    fc.assert(
      fc.property(meant, (account) => {
        fc.pre(carries(account));
        const { secret, issuer, accountName, digits } = account;
        const parameters = { algorithm: "SHA-1", digits, period: 30 };
        expect(parseOtpauthUri(write(account))).toEqual({ type: "totp", secret, issuer, accountName, parameters });
      }),
      { numRuns: RUNS_OF_EACH },
    );
  });
});
