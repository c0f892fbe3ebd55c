// Loaded before everything else (`node --import`): when the imports begin. What Node takes to start
// is no part of their time.
import { now } from "./clock.mjs";

globalThis.importsBeganAt = now();
