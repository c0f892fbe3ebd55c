// What making and verifying a code adds to a bundle: bytes after esbuild has minified it and gzip
// -9 has packed it.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root, thirdpartyFolder } from "./install.mjs";
import { isOurs } from "./ours.mjs";

/** Name → bytes, and whether the bundle runs everywhere or needs Node's own modules. */
export async function bundleSizes(contestants) {
  const sizes = {};
  for (const { name, source } of contestants) {
    const folder = isOurs(name) ? root : thirdpartyFolder;
    sizes[name] = (await bundle(source, folder, "neutral")) ?? (await bundle(source, folder, "node"));
  }
  return sizes;
}

async function bundle(contents, resolveDir, platform) {
  const options = { minify: true, bundle: true, format: "esm", platform, mainFields: ["module", "main"] };
  try {
    const result = await build({ ...options, stdin: { contents, resolveDir }, write: false, logLevel: "silent" });
    return { gzipBytes: gzipSync(result.outputFiles[0].contents, { level: 9 }).length, platform };
  } catch (error) {
    if (platform === "node") throw error;
    return undefined; // it asks for one of Node's own modules
  }
}
