// Finds one of a few rows by its first element.
import { OtpError } from "../core/errors.ts";

export function choose<Row extends readonly [string, ...unknown[]]>(
  rows: readonly Row[],
  value: unknown,
  option: string,
): Row {
  const found = rows.find(([name]) => name === value);
  if (!found) throw new OtpError("invalid-option", `${option} must be ${rows.map(([name]) => name).join(" or ")}`);
  return found;
}
