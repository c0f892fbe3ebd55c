/** How many times as many random cases are tried under CI, where nobody waits for the answer. */
export const MORE: number = process.env["CI"] ? 10 : 1;
