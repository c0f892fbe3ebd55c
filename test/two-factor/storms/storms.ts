// What must hold when several servers get requests about one person at the same moment.
import { type Storms } from "./arena.ts";
import { browserStorms } from "./browser-storms.ts";
import { codeStorms } from "./code-storms.ts";
import { deviceStorms } from "./device-storms.ts";
import { issuedCodeStorms } from "./issued-code-storms.ts";
import { recoveryStorms } from "./recovery-storms.ts";

export const storms: Storms = {
  ...codeStorms,
  ...recoveryStorms,
  ...deviceStorms,
  ...browserStorms,
  ...issuedCodeStorms,
};
