// What support can do, as a command beside the app. Make sure first who is asking:
// docs/guide/support.md says how.
import { pathToFileURL } from "node:url";

import { TwoFactorError } from "halfminute/two-factor";

import { type Data, lineOf, openData } from "./data.ts";
import { printMail, type SendMail } from "./mail.ts";
import { openSecondFactor, type SecondFactor } from "./two-factor.ts";
import { openUsers, type User } from "./users.ts";

const USAGE = `usage: support.ts COMMAND NAME

status         where the second factor of NAME stands
unlock         ends a lock or a wait, and forgets all browsers
recovery-code  makes one recovery code to hand over, good for a day`;

const HOURS = 24;
const COMMANDS: Readonly<Record<string, (factor: SecondFactor, user: User) => Promise<string>>> = {
  status: standing,
  async unlock(factor, user) {
    await factor.flow.unlock(user.id);
    return `Unlocked. ${await standing(factor, user)}`;
  },
  async "recovery-code"({ flow }, { id, name }) {
    const { recoveryCode, expiresAt } = await flow.issueRecoveryCode(id, { hours: HOURS });
    return `Recovery code for ${name}, good once, until ${expiresAt.toISOString()}:\n${recoveryCode}`;
  },
};

/** What restricted people can still do is the same after an unlock: three codes in a row. */
async function standing({ flow }: SecondFactor, { id, name }: User): Promise<string> {
  const { state, devices, browsers, recoveryCodesLeft, retryAfterSeconds } = await flow.status(id);
  const wait = retryAfterSeconds > 0 ? `, wait of ${retryAfterSeconds} s` : "";
  const counts = `apps: ${devices.length}, recovery codes: ${recoveryCodesLeft}, browsers: ${browsers.length}`;
  return `${name}: ${state}${wait}; ${counts}`;
}

/** The answer for one command; it throws what support should read. */
export async function support(
  [command = "", name = "", ...more]: readonly string[],
  { database, keys }: Data,
  sendMail: SendMail = printMail,
): Promise<string> {
  const act = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!act || name === "" || more.length > 0) throw new Error(USAGE);
  const users = openUsers(database);
  const user = await users.named(name);
  if (!user) throw new Error(`There is no account with the name ${name}.`);
  return act(openSecondFactor(database, users, keys, sendMail), user).catch((error: unknown) => {
    const isOff = error instanceof TwoFactorError && error.code === "not-enrolled";
    throw isOff ? new Error(`${name} has no second factor.`) : error;
  });
}

async function main(): Promise<void> {
  const data = await openData();
  try {
    console.log(await support(process.argv.slice(2), data));
  } finally {
    await data.database.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main().catch((error: unknown) => {
    console.error(lineOf(error));
    process.exitCode = 1;
  });
}
