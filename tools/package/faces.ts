// The subpaths of the package, as `exports` in package.json lists them: the one list that the
// build, the declarations and the stub folders follow.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  readonly exports: Readonly<Record<string, string | Conditions>>;
}

interface Conditions {
  readonly import: { readonly types: string; readonly default: string };
  readonly require: { readonly types: string; readonly default: string };
}

export interface Face {
  /**
   * The name after `halfminute/`; `index` is the package itself. Its files in `dist` have this name
   * too.
   */
  readonly name: string;
  /** Its source, from the root. */
  readonly source: string;
  readonly conditions: Conditions;
}

/** @param root - The folder of package.json. */
export function faces(root: string = ROOT): Face[] {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Manifest;
  return Object.entries(manifest.exports).flatMap(([subpath, conditions]) => {
    if (typeof conditions === "string") return [];
    const name = subpath === "." ? "index" : subpath.slice("./".length);
    const file = `src/${name}.ts`;
    return { name, source: existsSync(path.join(ROOT, file)) ? file : `src/${name}/index.ts`, conditions };
  });
}
