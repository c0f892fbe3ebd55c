// The two faces of the package as the test vectors see them: on WebCrypto, and synchronous on hash functions of its own. Their
// functions are named one by one: `import *` would put all of them into every program that imports one. This file is built by
// itself too, for the page that runs the vectors in a browser: it has nothing of Node.
import { counterBytes } from "../core/counter.ts";
import type { Algorithm } from "../core/parameters.ts";
import { subtle } from "../core/platform.ts";
import { generateHotp as syncGenerateHotp, verifyHotp as syncVerifyHotp } from "../portable/hotp.ts";
import { wholeHash } from "../portable/hmac.ts";
import { macsBy } from "../portable/mac.ts";
import { generateTotp as syncGenerateTotp, verifyTotp as syncVerifyTotp } from "../portable/totp.ts";
import type { Secret } from "../core/secret.ts";
import { truncate, truncateWords } from "../core/truncation.ts";
import { importKey } from "../webcrypto/keys.ts";
import { generateHotp, verifyHotp } from "../webcrypto/hotp.ts";
import { generateTotp, verifyTotp } from "../webcrypto/totp.ts";

/** What both faces do, with and without promises. */
export interface Face {
  /** Before the names of its layers. */
  readonly prefix: string;
  readonly generateHotp: Awaitable<typeof syncGenerateHotp>;
  readonly verifyHotp: Awaitable<typeof syncVerifyHotp>;
  readonly generateTotp: Awaitable<typeof syncGenerateTotp>;
  readonly verifyTotp: Awaitable<typeof syncVerifyTotp>;
  readonly macOf: (key: Uint8Array, algorithm: Algorithm, counter: number) => DataView | Promise<DataView>;
  /** The MAC of any message. */
  readonly hmac: (key: Uint8Array, algorithm: Algorithm, message: Uint8Array) => DataView | Promise<DataView>;
  readonly truncate: (mac: DataView) => number;
}

/** A function of a secret, whose result may be promised. */
type Awaitable<Call> = Call extends (secret: never, ...rest: infer Rest) => infer Result
  ? (secret: Secret, ...rest: Rest) => Result | Promise<Result>
  : never;

export const FACES: readonly Face[] = [
  {
    ...{ prefix: "", generateHotp, verifyHotp, generateTotp, verifyTotp, truncate },
    macOf: (key, algorithm, counter) => hmac(key, algorithm, counterBytes(counter)),
    hmac,
  },
  {
    prefix: "sync-",
    generateHotp: syncGenerateHotp,
    verifyHotp: syncVerifyHotp,
    generateTotp: syncGenerateTotp,
    verifyTotp: syncVerifyTotp,
    macOf: (key, algorithm, counter) => macsBy(key, algorithm)(counter),
    hmac: syncHmac,
    truncate: (mac) => truncateWords(wordsOf(mac)),
  },
];

async function hmac(key: Uint8Array, algorithm: Algorithm, message: DataView | Uint8Array): Promise<DataView> {
  return new DataView(await subtle().sign("HMAC", await importKey(key, algorithm), message));
}

/** RFC 2104 §2, on the hash functions that codes are made with. These themselves need MACs of counters alone, and make them faster. */
function syncHmac(key: Uint8Array, algorithm: Algorithm, message: Uint8Array): DataView {
  const padded = new Uint8Array(algorithm === "SHA-512" ? 128 : 64);
  padded.set(key.length > padded.length ? bytesOf(wholeHash(algorithm, key)) : key);
  const hashBehind = (pad: number, text: Uint8Array): Uint8Array =>
    bytesOf(wholeHash(algorithm, Uint8Array.of(...padded.map((byte) => byte ^ pad), ...text)));
  const mac = hashBehind(0x5c, hashBehind(0x36, message));
  return new DataView(mac.buffer);
}

/** High-order bytes first. */
function bytesOf(words: Int32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: words.length * 4 }, (_, index) => (words[index >> 2] as number) >>> (~index << 3));
}

/** High-order bytes first, as the synchronous face has its MACs. */
function wordsOf(mac: DataView): Int32Array {
  return Int32Array.from({ length: Math.floor(mac.byteLength / 4) }, (_, index) => mac.getInt32(index * 4));
}
