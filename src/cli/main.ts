#!/usr/bin/env node
// The program `halfminute`: a process around `run`.
import { processIo } from "./process-io.ts";
import { run } from "./run.ts";

// Set instead of calling exit, so that all output is written. A failed output has already set it.
const exitCode = await run(process.argv.slice(2), processIo());
process.exitCode ??= exitCode;
