// What node-2fa, notp and totp-generator do: rows of the tables "What behaves differently", as in
// extras.ts.
import { generateTotp } from "../../../src/index.ts";
import { verifyHotp, verifyTotp } from "../../../src/sync.ts";
import type { Peer } from "./libraries.ts";
import {
  TEXT,
  WRONG,
  ignores,
  anyCall,
  notpTwins,
  shared,
  textWindow,
  farWindow,
  truncation,
  type Calls,
  type Options,
  type Row,
} from "./measures.ts";
import { CODE, SECRET, STEP, verdict, windowOf } from "./outcomes.ts";

/** Row by page. */
export const SMALL_EXTRAS: Readonly<Record<string, (peer: Peer) => Row[]>> = {
  "node-2fa": (peer) => {
    const { generateSecret: make } = peer.scope() as Calls;
    const { qr } = make?.({ name: "Acme", account: "alice" }) as { readonly qr: string };
    return [
      [
        "window 0",
        () => windowOf((code) => peer.verify?.(SECRET, code, { window: 0 })),
        () => windowOf((code) => verifyTotp(SECRET, code, { lookBehind: 0, lookAhead: 0 })),
      ],
      textWindow(() => farWindow((code) => peer.verify?.(SECRET, code, { window: "1" })), 'window `"1"`'),
      [
        "QR code",
        () => (/^https:\/\/chart\.googleapis\.com\/.*secret=/.test(qr) ? "URL of Google, with the secret" : qr),
        () => "drawn by `halfminute/qr`",
      ],
      notpTwins(peer),
      ...truncation(peer),
    ];
  },
  notp: (peer) => {
    const { hotp } = peer.scope()["notp"] as Readonly<Record<string, Calls>>;
    const options = { counter: 100, window: 5 };
    return [
      ...shared(peer),
      [
        "`window: 0`",
        () => windowOf((code) => peer.verify?.(SECRET, code, { window: 0 })),
        () => windowOf((code) => verifyTotp(SECRET, code, { lookBehind: 0, lookAhead: 0 })),
      ],
      textWindow(() => farWindow((code) => peer.verify?.(SECRET, code, { window: "1" }))),
      [
        "HOTP code used a second time",
        () => verdict(() => peer.verifyHotp?.(SECRET, CODE, STEP + 1)),
        () => verdict(() => verifyHotp(SECRET, CODE, STEP + 1)),
      ],
      [
        "your options object, wrong code",
        () => {
          hotp?.["verify"]?.(WRONG, TEXT, options);
          return options.counter === 105 ? "`counter` is changed" : "stays";
        },
        () => "stays",
      ],
      notpTwins(peer),
      ...truncation(peer),
    ];
  },
  "totp-generator": (peer) => {
    const { TOTP } = peer.scope();
    const generate = async (options: Options): Promise<string> =>
      String(((await anyCall(TOTP)["generate"]?.(SECRET, options)) as Options)["otp"]);
    const at = new Date(580 * 30_000);
    return [
      ...shared(peer, { timestamp: NaN }),
      [
        "8 digits, of which the first are 00",
        () => generate({ digits: 8, timestamp: at.getTime() }),
        () => generateTotp(SECRET, { digits: 8, at }),
      ],
      [
        '`encoding: "base32"`',
        async () =>
          (await generate({ encoding: "base32", timestamp: 59_000 })) === "372946" ? "letters are the key" : "base32",
        () => ignores(() => generateTotp(SECRET, { encoding: "base32" } as never)),
      ],
    ];
  },
};
