// A row with a code: made by oathtool, and accepted only if oathtool, pyotp and node:crypto agree.
import { checkSame, found } from "./checks.ts";
import { lastDigits, nodeMac, truncate } from "./node-crypto.ts";
import { oathtool, python } from "./oracles.ts";
import { type CodeInput, type CodeRow } from "./rows.ts";

/** Adds the code that oathtool makes. */
export function answered(input: CodeInput, { truncated = false, note = "" } = {}): CodeRow {
  const { time, ...rest } = input;
  const code = found(oathtool(input)[0], "a code");
  return {
    ...rest,
    code,
    ...(truncated && { truncated: truncate(nodeMac(input)) }),
    ...(time && { time }),
    ...(note && { note }),
  };
}

/** Throws unless oathtool, pyotp and node:crypto agree with every value of every row. */
export function confirmCodes(rows: readonly CodeRow[]): readonly CodeRow[] {
  const fromPyotp = python("code", rows);
  for (const [index, row] of rows.entries()) {
    const { counter, time, digits, code } = row;
    const what = `counter ${counter}, ${digits} digits, ${row.algorithm}`;
    const mac = nodeMac(row);
    if (time) checkSame(`T of ${what}`, counter, Math.floor((time.seconds - time.t0) / time.period));
    checkSame(`${what}, oathtool`, code, oathtool(row)[0]);
    checkSame(`${what}, pyotp`, code, fromPyotp[index]);
    checkSame(`${what}, node:crypto`, code, lastDigits(truncate(mac), digits));
    checkSame(`${what}, MAC`, row.mac ?? mac, mac);
    checkSame(`${what}, truncated`, row.truncated ?? truncate(mac), truncate(mac));
  }
  return rows;
}
