// What becomes of unusual codes and secrets in a library, in the words of the pages.
import { vi } from "vitest";

import { generateHotp, generateTotp, verifyHotp, verifyTotp } from "../../../src/sync.ts";
import type { Peer } from "./libraries.ts";

export const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; // RFC 6238's, "12345678901234567890"
export const MOMENT = new Date("2009-02-13T23:31:30Z");
export const CODE = "005924";
export const STEP = 41152263; // its time step
const FARTHEST = 110;

export type Verify = NonNullable<Peer["verify"]>;

/** This package, behind the calls of the others. */
export const HERE: Required<Peer> = {
  page: "README",
  name: "halfminute",
  scope: () => ({}),
  generate: (secret, options) => generateTotp(secret as string, options),
  verify: (secret, code, options) => verifyTotp(secret as string, code as string, options),
  verifyHotp: (secret, code, counter, options) => verifyHotp(secret as string, code as string, counter, options),
};

/** Measures at another moment. */
export async function moved<T>(to: number, measure: () => Promise<T>): Promise<T> {
  vi.setSystemTime(to);
  try {
    return await measure();
  } finally {
    vi.setSystemTime(MOMENT);
  }
}

/** Whether a call lets somebody in. */
export async function verdict(call: () => unknown): Promise<"accepted" | "refused" | "throws"> {
  try {
    return (await call()) ? "accepted" : "refused";
  } catch {
    return "throws";
  }
}

/** The steps before and after the present one whose codes are accepted. */
export async function windowOf(verify: (code: string) => unknown, counter: number = STEP): Promise<string> {
  const deltas = Array.from({ length: 2 * FARTHEST + 1 }, (_, index) => index - FARTHEST);
  const verdicts: string[] = [];
  for (const delta of deltas) verdicts.push(await verdict(() => verify(generateHotp(SECRET, counter + delta))));
  if (verdicts.every((each) => each === "throws")) return "throws";
  const accepted = deltas.filter((_, index) => verdicts[index] === "accepted");
  const [behind, ahead] = [-Math.min(...accepted), Math.max(...accepted)];
  if (accepted.length !== behind + ahead + 1) return `a window with gaps: ${accepted.join()}`;
  return inWords(behind, ahead);
}

function inWords(behind: number, ahead: number): string {
  const side = (steps: number): string => (steps >= FARTHEST ? "over 100" : String(steps));
  if (behind === 0 && ahead === 0) return "the present step only";
  if (behind === ahead) return behind === 1 ? "1 step each way" : `${side(behind)} steps each way`;
  return `${side(behind)} behind, ${side(ahead)} ahead`;
}

/** By the label of its row: what verifying does with a typed code. */
export const CODES: Readonly<Record<string, (verify: Verify) => Promise<string>>> = {
  "no window given": (verify) => windowOf((code) => verify(SECRET, code)),
  "code used a second time": async (verify) => {
    const known = verify === HERE.verify ? { after: STEP } : undefined;
    const answer = await verdict(async () => (await verify(SECRET, CODE)) && verify(SECRET, CODE, known));
    return known ? `${answer} with \`after\`` : answer;
  },
  // 197202 is by oathtool. With a period of 1 second this step is in January 2038.
  "right code at step 2^31": (verify) => moved(2 ** 31 * 30_000, () => verdict(() => verify(SECRET, "197202"))),
  'code `"005 924"`, `"005-924"`': async (verify) => {
    const verdicts = [await verdict(() => verify(SECRET, "005 924")), await verdict(() => verify(SECRET, "005-924"))];
    return Array.from(new Set(verdicts)).join(" and ");
  },
  'code `"5924ab"` for `005924`': (verify) => verdict(() => verify(SECRET, "5924ab")),
  "number 401544 as a code": (verify) => verdict(() => verify("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 401544)),
  "number 5924 for `005924`": (verify) => verdict(() => verify(SECRET, 5924)),
  "code of 5 digits": (verify) => verdict(() => verify(SECRET, "05924")),
  "`null` as a code": (verify) => verdict(() => verify(SECRET, null)),
  "six digits that are not ASCII": (verify) => verdict(() => verify(SECRET, "٠٠٥٩٢٤")),
};

interface OddSecret {
  readonly secret: unknown;
  /** What it should be read as. */
  readonly means: string;
}

const SHORT = "GEZDGNBVGY3TQOJQGEZDGNBVGY"; // 16 bytes and 2 bits
export const SECRETS: Readonly<Record<string, OddSecret>> = {
  "secret in lower case": { secret: SECRET.toLowerCase(), means: SECRET },
  "secret with spaces": { secret: SECRET.replaceAll(/.{4}/g, "$& ").trim(), means: SECRET },
  "secret with hyphens": { secret: SECRET.replaceAll(/.{4}/g, "$&-").slice(0, -1), means: SECRET },
  "secret padded with `=`": { secret: `${SHORT}======`, means: SHORT },
  "secret of 16 bytes, no padding": { secret: SHORT, means: SHORT },
  "left-over bits that are not 0": { secret: "GEZDGNBVGY3TQOJQGEZDGNBVGZ", means: SHORT },
  "one letter too many": { secret: `${SECRET}A`, means: SECRET },
  "secret of 10 bytes": { secret: "GEZDGNBVGY3TQOJQ", means: "GEZDGNBVGY3TQOJQ" },
  "secret of 5 bytes": { secret: "GEZDGNBV", means: "GEZDGNBV" },
  "a `1` or `8` in base32": { secret: `18${SECRET.slice(2)}`, means: `18${SECRET.slice(2)}` },
};

/**
 * `read`, `another key`, `refused` (without an error) or `throws`, and of two calls the second if
 * it differs.
 */
export async function readingOf(peer: Peer, { secret, means }: OddSecret): Promise<string> {
  const making = await makingOf(peer, secret, means);
  if (!peer.verify) return making;
  const verify = peer.verify;
  const checking = await verdict(() => verify(secret, right(means)));
  if (checking === "accepted") return "read";
  if (checking === "throws" || making !== "throws") return checking === "throws" ? "throws" : making;
  return "refused";
}

async function makingOf(peer: Peer, secret: unknown, means: string): Promise<string> {
  try {
    const code = await peer.generate(secret);
    if (typeof code !== "string") return "refused";
    return code === right(means) ? "read" : "another key";
  } catch {
    return "throws";
  }
}

/** The code of a secret; nothing has it if nothing should read the secret. */
function right(secret: string): string {
  try {
    return generateTotp(secret);
  } catch {
    return "none";
  }
}

/** Missing secrets: an `empty key` is one whose codes everyone can compute. */
export const MISSING: Readonly<Record<string, unknown>> = {
  'secret `""`': "",
  "secret `undefined`": undefined,
  "secret `null`": null,
};

/**
 * Of HMAC-SHA-1 with an empty key, for step 41152263: computed by `openssl` and truncated by hand
 * in the test.
 */
export async function withoutSecret(peer: Peer, secret: unknown, codeOfEmptyKey: string): Promise<string> {
  const { verify } = peer;
  if (verify) {
    const answer = await verdict(() => verify(secret, codeOfEmptyKey));
    return answer === "accepted" ? "an empty key" : answer;
  }
  try {
    return (await peer.generate(secret)) === codeOfEmptyKey ? "an empty key" : "another key";
  } catch {
    return "throws";
  }
}
