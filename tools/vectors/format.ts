// The layout of a vector file: two spaces per level, but one line for each row.
import { type VectorFile } from "./rows.ts";

export function formatFile(file: VectorFile): string {
  const { rows, ...head } = file;
  const lines = rows.map((row) => `    ${inOneLine(row)}`).join(",\n");
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`;
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inOneLine(item)}`);
  return `{ ${pairs.join(", ")} }`;
}

export function withoutVersions(text: string): string {
  return text.replace(/(oathtool|pyotp|OpenSSL|CPython|Node\.js) \d[\w.]*/g, "$1");
}
