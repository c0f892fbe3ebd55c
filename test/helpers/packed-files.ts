// What npm would publish, by name, without making a tarball.
import { execFileSync } from "node:child_process";

import { ROOT } from "./packed.ts";

/** The names of the files in the package. */
export function packedFiles(): string[] {
  const pack = ["pack", "--ignore-scripts", "--silent", "--dry-run", "--json"];
  const output = execFileSync("npm", pack, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const [made] = JSON.parse(output) as { files: { path: string }[] }[];
  return (made?.files ?? []).map((file) => file.path);
}
