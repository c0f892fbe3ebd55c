// The shipped vector files by name, for runtimes that have node:fs.
import { readdirSync, readFileSync } from "node:fs";

export function readVectors() {
  const folder = new URL("../../vectors/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(
    names.map((name) => [name.slice(0, -".json".length), JSON.parse(readFileSync(new URL(name, folder), "utf8"))]),
  );
}
