// node bundle.mjs NAME FOLDER ENTRY…: builds each FOLDER/ENTRY.js for a browser, minified, into
// FOLDER/NAME/ENTRY.js, with one bundler and its defaults. Any warning is an error. esbuild and
// Vite are those of the whole repository.
import { createRequire } from "node:module";
import path from "node:path";

const [name, folder, ...entries] = process.argv.slice(2);
const outputs = path.join(folder, name);

const BUNDLERS = {
  async esbuild(input, output) {
    const { build } = await import("esbuild");
    const options = { bundle: true, minify: true, format: "esm", platform: "browser", logLevel: "silent" };
    return (await build({ entryPoints: [input], outfile: path.join(outputs, output), ...options })).warnings;
  },

  async rollup(input, output) {
    const { rollup } = await import("rollup");
    const { default: nodeResolve } = await import("@rollup/plugin-node-resolve");
    const { default: terser } = await import("@rollup/plugin-terser");
    const warnings = [];
    const onLog = (level, log) => warnings.push(log);
    const bundle = await rollup({ input, plugins: [nodeResolve({ browser: true }), terser()], onLog });
    await bundle.write({ file: path.join(outputs, output) });
    return warnings;
  },

  async vite(input, output) {
    const { build, createLogger } = await import("vite");
    const warnings = [];
    const warn = (message) => warnings.push(message);
    const customLogger = { ...createLogger("silent"), warn, warnOnce: warn };
    const rollupOptions = { input, output: { entryFileNames: output } };
    const options = { outDir: outputs, emptyOutDir: false, rollupOptions };
    await build({ root: folder, configFile: false, customLogger, build: options });
    return warnings;
  },

  webpack: (input, output) => likeWebpack(createRequire(import.meta.url)("webpack"), input, output),

  rspack: async (input, output) => likeWebpack((await import("@rspack/core")).rspack, input, output),
};

async function likeWebpack(compile, entry, filename) {
  const options = { mode: "production", target: "web", context: folder, entry, output: { path: outputs, filename } };
  const stats = await new Promise((resolve, reject) => {
    compile(options, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  return [...errors, ...warnings];
}

for (const entry of entries) {
  const warnings = await BUNDLERS[name](path.join(folder, `${entry}.js`), `${entry}.js`);
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.message ?? warning).join("\n"));
}
