// What the pages are made of. Every form works without scripts, has labels, and carries the token
// of its session.
import { type Html, html } from "./html.ts";
import type { Problem } from "./problems.ts";
import type { User } from "./users.ts";

export interface Frame {
  readonly token: string;
  /** Who is signed in; a sign-out button goes with it. */
  readonly user?: User | undefined;
  readonly problem?: Problem | undefined;
}

export function page(title: string, { token, user, problem }: Frame, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${problem && "Problem: "}${title} · Halfminute demo</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script src="/page.js" defer></script>
      </head>
      <body>
        <header>
          <strong>Halfminute demo</strong>
          ${
            user &&
            html`<nav aria-label="Account"><a href="/security">Security</a> <a href="/history">History</a></nav>
              ${form("/sign-out", token, "Sign out", "", "quiet")}`
          }
        </header>
        <main>
          <h1>${title}</h1>
          ${problem && problemBox(problem)} ${main}
        </main>
      </body>
    </html>`;
}

function problemBox({ text, waitSeconds }: Problem): Html {
  if (waitSeconds === undefined) return html`<p class="problem" id="problem" role="alert">${text}</p>`;
  // The number is no news each second; that the wait is over is.
  return html`<div class="problem" id="problem" aria-live="polite">
    <p data-countdown="${waitSeconds}">
      ${text} Try again in <span role="timer" aria-live="off">${waitSeconds}</span>
      <span data-unit>${waitSeconds === 1 ? "second" : "seconds"}</span>.
    </p>
    <p data-countdown-over hidden>You can try again now.</p>
  </div>`;
}

export function form(action: string, token: string, button: string, fields: Html | string = "", look = "main"): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="token" value="${token}" />
    ${fields}
    <button class="${look}">${button}</button>
  </form>`;
}

interface Field {
  readonly id: string;
  readonly name?: string;
  readonly label: string;
  readonly kind: "code" | "mail-code" | "recovery-code" | "name" | "password" | "new-password" | "device-name";
  readonly hint?: string;
  readonly value?: string;
  /** The first field of a page is described by the problem. */
  readonly first?: Frame | false;
  /** The first field gets the cursor, unless that would scroll away what stands before it. */
  readonly cursor?: boolean;
}

const KINDS: Readonly<Record<Field["kind"], Html>> = {
  code: html`type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="64"`, // a recovery code passes too
  "mail-code": html`type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="32"`,
  "recovery-code": html`type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64"`,
  name: html`type="text" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64"`,
  password: html`type="password" autocomplete="current-password" maxlength="128"`,
  "new-password": html`type="password" autocomplete="new-password" minlength="8" maxlength="128"`,
  "device-name": html`type="text" autocomplete="off" maxlength="30"`,
};

export function field({ id, name = id, label, kind, hint, value, first, cursor = true }: Field): Html {
  const described = [first && first.problem && "problem", hint && `${id}-hint`].filter(Boolean).join(" ");
  return html`<label for="${id}">${label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <input
      id="${id}"
      name="${name}"
      ${KINDS[kind]}
      required${value !== undefined && html` value="${value}"`}${
        described !== "" && html` aria-describedby="${described}"`
      }${first && cursor && html` autofocus`}${first && first.problem && html` aria-invalid="true"`}
    />`;
}

/**
 * A code; or what passes when a code does not, folded away until it is needed. `also` goes with
 * codes, not with recovery codes.
 */
export function secondFactorForms(action: string, button: string, frame: Frame, also?: Html): Html {
  const { token, problem } = frame;
  const needsRecoveryCode = problem?.instead === "recovery-code";
  const three = [1, 2, 3].map((number) =>
    field({ id: `code-${number}`, name: "code", label: `Code ${number} of 3`, kind: "code" }),
  );
  const code = field({
    id: "code",
    label: "Code from your authenticator app",
    kind: "code",
    hint: "6 digits, a new one every 30 seconds.",
    first: !needsRecoveryCode && frame,
  });
  return html`${form(action, token, button, html`${code}${also}`)}
<details${needsRecoveryCode && html` open`}>
<summary>Use a recovery code</summary>
${form(action, token, "Use recovery code", field({ id: "recovery-code", name: "code", label: "Recovery code", kind: "recovery-code", hint: "24 letters and digits. Each works once.", first: needsRecoveryCode && frame }))}
</details>
<details${(problem?.instead === "three-codes" || problem?.waitSeconds !== undefined) && html` open`}>
<summary>Enter three codes in a row</summary>
<p class="hint">This takes about a minute and needs no waiting after wrong codes. Enter three codes in the order in which your app shows them.</p>
${form(action, token, "Check three codes", html`${three}${also}`)}
</details>`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

export function table(heads: readonly string[], rows: readonly (readonly Html[])[]): Html {
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function time(at: string): Html {
  return html`<time datetime="${at}">${DAY.format(new Date(at))}</time>`;
}
