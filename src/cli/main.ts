#!/usr/bin/env node
// The program `halfminute`: a process around `run`.
import { processIo } from "./process-io.ts";
import { run } from "./run.ts";

// Set rather than exited with, so that all output is written. An output that failed has set it
// already.
const exitCode = await run(process.argv.slice(2), processIo());
process.exitCode ??= exitCode;
