// Codes of Steam Guard: five of 26 characters instead of decimal digits. There is no standard, but
// many programs agree.
import { checkSame } from "./checks.ts";
import { nodeMac, truncate } from "./node-crypto.ts";
import { programs, python } from "./oracles.ts";
import { rfcKey } from "./rfc.ts";
import { type VectorFile } from "./rows.ts";
import { seededBytes, seededNumber } from "./seeded.ts";

interface SteamRow {
  readonly key: string;
  readonly seconds: number;
  readonly counter: number;
  readonly code: string;
  readonly note?: string;
}

const ALPHABET = "23456789BCDFGHJKMNPQRTVWXY";

export function steamCodes(): VectorFile {
  const { node, python: cpython } = programs();
  const inputs = [...published(), ...atBorders(), ...seeded()];
  const codes = python("steam", inputs) as string[];
  const rows = inputs.map(({ key, seconds, ...rest }, index): SteamRow => {
    const counter = Math.floor(seconds / 30);
    const code = inLetters(truncate(nodeMac({ key, algorithm: "SHA-1", digits: 6, counter })));
    checkSame(`Steam Guard at ${seconds}`, codes[index], code);
    return { key, seconds, counter, code, ...rest };
  });
  checkSame(
    "the published codes",
    rows.slice(0, PUBLISHED.length).map(({ code }) => code),
    PUBLISHED,
  );
  return {
    $schema: "./schema/steam.schema.json",
    title: "Codes of Steam Guard",
    source: { document: `${cpython} hmac`, section: "SHA-1", url: "https://docs.python.org/3/library/hmac.html" },
    extracted:
      "Made by tools/vectors/oracle.py with Python's hmac, from keys and times that are derived from a fixed seed by SHA-256. The first four " +
      "rows are published in the tests of several libraries (secret BASE32SECRET3232).",
    confirmedBy: [`${node} crypto`],
    rows,
  };
}

type Input = Omit<SteamRow, "counter" | "code">;

const PUBLISHED = ["2TC8B", "YKKK4", "M4HQB", "DTVB3"];

function published(): Input[] {
  return PUBLISHED.map((_, step) => ({ key: "08244dea4414493deb7a", seconds: step * 30, note: "widely published" }));
}

/** The two ends of a step, and counters from 31 bits on. */
function atBorders(): Input[] {
  const seconds = [1234567890, 1234567919, 1234567920, (2 ** 31 - 1) * 30, 2 ** 31 * 30, 2 ** 32 * 30];
  return seconds.map((at) => ({ key: rfcKey("SHA-1"), seconds: at }));
}

function seeded(): Input[] {
  return [10, 16, 20, 20, 20, 20, 32, 64, 65, 129].map((length, index) => ({
    key: seededBytes(`steam ${index} key`, length).toString("hex"),
    seconds: seededNumber(`steam ${index} time`, 34),
  }));
}

function inLetters(number: number): string {
  const places = Array.from({ length: 5 }, (_, place) => Math.floor(number / 26 ** place) % 26);
  return places.map((place) => ALPHABET.charAt(place)).join("");
}
