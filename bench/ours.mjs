// The package under test, by both its faces.
import { LONG_WINDOW, SECRET, SECRETS } from "./reference.mjs";

/** The asynchronous face, on WebCrypto. */
export const OURS = "halfminute";
export const OURS_SYNC = `${OURS}/sync`;
export const OURS_FLOW = `${OURS}/two-factor`;

export const isOurs = (name) => name.startsWith(OURS);

/**
 * The last code may lie LONG_WINDOW time steps before the present one, or one less after it: so
 * many counters in all are computed.
 */
const RESYNCHRONIZATION = { lookBehind: LONG_WINDOW, lookAhead: LONG_WINDOW - 1 };

const common = { codeIn: (result) => result, isAccepted: (match) => match !== null };

const firstCode = JSON.stringify([SECRET, "123456"]).slice(1, -1);

export const ours = [
  {
    ...common,
    name: OURS_SYNC,
    source: `export { generateTotp, verifyTotp } from "${OURS_SYNC}";`,
    firstVerification: `import { verifyTotp } from "${OURS_SYNC}"; verifyTotp(${firstCode});`,
    async load() {
      const { generateTotp, importKey, resynchronizeTotp, verifyTotp } = await import("halfminute/sync");
      const key = importKey(SECRET);
      const key256 = importKey(SECRETS["SHA-256"], "SHA-256");
      const key512 = importKey(SECRETS["SHA-512"], "SHA-512");
      return {
        codeFromBase32: () => generateTotp(SECRET),
        codeWithKey: () => generateTotp(key),
        codeWithKeySha256: () => generateTotp(key256),
        codeWithKeySha512: () => generateTotp(key512),
        verifyFromBase32: (code) => verifyTotp(SECRET, code),
        verifyWithKey: (code) => verifyTotp(key, code),
        resynchronize: (codes) => resynchronizeTotp(SECRET, codes, RESYNCHRONIZATION),
      };
    },
  },
  {
    ...common,
    name: OURS,
    source: `export { generateTotp, verifyTotp } from "${OURS}";`,
    firstVerification: `import { verifyTotp } from "${OURS}"; await verifyTotp(${firstCode});`,
    async load() {
      const { generateTotp, importKey, resynchronizeTotp, verifyTotp } = await import("halfminute");
      const key = await importKey(SECRET);
      return {
        codeFromBase32: () => generateTotp(SECRET),
        codeWithKey: () => generateTotp(key),
        verifyFromBase32: (code) => verifyTotp(SECRET, code),
        verifyWithKey: (code) => verifyTotp(key, code),
        resynchronize: (codes) => resynchronizeTotp(SECRET, codes, RESYNCHRONIZATION),
      };
    },
  },
];
