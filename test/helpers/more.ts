/**
 * How many times as many random cases are tried with `npm run test:all` as with `npm test`, where
 * somebody waits for the answer.
 */
export const MORE: number = Number(process.env["MORE"] ?? 1);
