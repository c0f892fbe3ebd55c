import type { ConformanceParts } from "./suite.js";

export function qrConformance(parts: Omit<ConformanceParts, "vectors">): void;
