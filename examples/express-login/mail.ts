// Mail. The demo prints it instead of sending it: whoever runs the demo reads everybody's mail.
import type { TwoFactorEvent } from "halfminute/two-factor";

import { describe } from "./history.ts";
import type { Users } from "./users.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export type SendMail = (mail: Mail) => void;

export function printMail({ to, subject, text }: Mail): void {
  console.log(
    `\n--- Mail, printed instead of sent ---\nTo: ${to}\nSubject: ${subject}\n\n${text}\n--- End of mail ---\n`,
  );
}

/** Never with a link: a person who is used to links in such mail follows those of strangers. */
export function codeMail(to: string, code: string, browser: string, expiresAt: Date): Mail {
  return {
    to,
    subject: "Your code for signing in",
    text: `${code} is your code for signing in to the Halfminute demo from a new browser (${browser}).
It is good until ${expiresAt.toISOString().slice(11, 16)} UTC. Nobody from the demo ever asks you for it.
If you are not signing in now, somebody knows your password: choose another one.`,
  };
}

/** What a person should know of even if somebody else did it. */
const NOTABLE = new Set<TwoFactorEvent["type"]>([
  "confirmed",
  "device-removed",
  "disabled",
  "recovery-codes-renewed",
  "recovery-code-issued",
  "recovery-code-used",
  "failures-mounting",
  "restricted",
  "locked",
  "unlocked",
  "browser-remembered",
  "browser-token-reused",
]);

export async function notify(event: TwoFactorEvent, users: Users, sendMail: SendMail): Promise<void> {
  if (!NOTABLE.has(event.type)) return;
  const user = await users.find(event.userId);
  const text = `${describe(event)}. If this was not you, sign in, look at the history and ask for help.`;
  if (user) sendMail({ to: user.name, subject: "Your two-factor sign-in", text });
}
