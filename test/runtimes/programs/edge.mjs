// For Vercel's edge-runtime: answers with the results.
/* global addEventListener, Response */
import { faces } from "./faces.mjs";
import { collect, suitesOf } from "./suites.mjs";

addEventListener("fetch", (event) => event.respondWith(collect(suitesOf(faces)).then((all) => Response.json(all))));
