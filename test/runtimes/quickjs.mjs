// node quickjs.mjs FILE: runs a module in QuickJS, which gets a function `print` and nothing else.
import { readFileSync } from "node:fs";

import { getQuickJS } from "quickjs-emscripten";

const context = (await getQuickJS()).newContext();
const print = context.newFunction("print", (text) => console.log(context.getString(text)));
context.setProp(context.global, "print", print);
context.unwrapResult(context.evalCode(readFileSync(process.argv[2], "utf8"), "program.mjs", { type: "module" }));
context.unwrapResult(context.runtime.executePendingJobs()); // until none is left
