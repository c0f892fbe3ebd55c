export function readVectors(): Record<string, { $schema: string; rows: readonly Record<string, unknown>[] }>;
