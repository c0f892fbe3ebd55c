import type { ConformanceParts } from "./suite.js";

export function qrConformance(parts: ConformanceParts): void;
