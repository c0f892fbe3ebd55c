// The people of an example that keeps them in memory.
import type { User, Users } from "../../examples/account/account.ts";
import { EMAILS, PASSWORD } from "./browser.ts";
import { RACERS } from "./races.ts";

export interface People {
  readonly users: Users;
  /** How often a password was checked so far. */
  passwordChecks(): number;
  /** As the app's page for a new password does it; the tests go on with the old one. */
  changePassword(email: string): Promise<void>;
}

export function people(beforeFlag = () => Promise.resolve()): People {
  const rows = new Map<string, User>();
  for (const email of [...EMAILS, ...RACERS]) {
    rows.set(email, { id: email, email, hasTwoFactor: false, stamp: 0, passwordVersion: 1 });
  }
  let checks = 0;
  return {
    passwordChecks: () => checks,
    changePassword(email) {
      const user = rows.get(email);
      if (!user) throw new Error("nobody");
      rows.set(email, { ...user, stamp: user.stamp + 1, passwordVersion: user.passwordVersion + 1 });
      return Promise.resolve();
    },
    users: {
      find: (id) => Promise.resolve(rows.get(id)),
      checkPassword(email, password) {
        checks++;
        return Promise.resolve(password === PASSWORD ? rows.get(email) : undefined);
      },
      async setTwoFactor(id, stamp, on) {
        await beforeFlag();
        const user = rows.get(id);
        if (user?.stamp !== stamp) return false;
        rows.set(id, { ...user, hasTwoFactor: on, stamp: stamp + 1 });
        return true;
      },
    },
  };
}
