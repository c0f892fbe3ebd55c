// The pages. Every form works without scripts, has labels, and carries the token of its session.
import type { TwoFactorStatus } from "halfminute/two-factor";

import { type Html, html } from "./html.ts";
import type { History } from "./history.ts";
import type { Problem, Setup } from "./two-factor.ts";
import type { User } from "./users.ts";

export interface Frame {
  readonly token: string;
  /** Who is signed in; a sign-out button goes with it. */
  readonly user?: User | undefined;
  readonly problem?: Problem | undefined;
}

function page(title: string, { token, user, problem }: Frame, main: Html): Html {
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

function form(action: string, token: string, button: string, fields: Html | string = "", look = "main"): Html {
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
  readonly kind: "code" | "recovery-code" | "name" | "password" | "new-password";
  readonly hint?: string;
  readonly value?: string;
  /** The first field of a page gets the cursor and is described by the problem. */
  readonly first?: Frame | false;
}

const KINDS: Readonly<Record<Field["kind"], Html>> = {
  code: html`type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="64"`, // a recovery code passes too
  "recovery-code": html`type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="64"`,
  name: html`type="text" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64"`,
  password: html`type="password" autocomplete="current-password" maxlength="128"`,
  "new-password": html`type="password" autocomplete="new-password" minlength="8" maxlength="128"`,
};

function field({ id, name = id, label, kind, hint, value, first }: Field): Html {
  const described = [first && first.problem && "problem", hint && `${id}-hint`].filter(Boolean).join(" ");
  return html`<label for="${id}">${label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <input
      id="${id}"
      name="${name}"
      ${KINDS[kind]}
      required${value !== undefined && html` value="${value}"`}${
        described !== "" && html` aria-describedby="${described}"`
      }${first && html` autofocus`}${first && first.problem && html` aria-invalid="true"`}
    />`;
}

export function signUpPage(frame: Frame, name?: string): Html {
  const fields = html`${field({ id: "name", label: "Name or e-mail address", kind: "name", first: frame, value: name ?? "" })}
  ${field({ id: "password", label: "Password", kind: "new-password", hint: "At least 8 characters." })}`;
  return page(
    "Sign up",
    frame,
    html`${form("/sign-up", frame.token, "Sign up", fields)}
      <p>You have an account? <a href="/sign-in">Sign in</a></p>`,
  );
}

export function signInPage(frame: Frame, name?: string): Html {
  const fields = html`${field({ id: "name", label: "Name or e-mail address", kind: "name", first: frame, value: name ?? "" })}
  ${field({ id: "password", label: "Password", kind: "password" })}`;
  return page(
    "Sign in",
    frame,
    html`${form("/sign-in", frame.token, "Sign in", fields)}
      <p>You are new here? <a href="/sign-up">Sign up</a></p>`,
  );
}

/** A code; or what passes when a code does not, folded away until it is needed. */
function secondFactorForms(action: string, button: string, frame: Frame): Html {
  const { token, problem } = frame;
  const needsRecoveryCode = problem?.instead === "recovery-code";
  const three = [1, 2, 3].map((number) =>
    field({ id: `code-${number}`, name: "code", label: `Code ${number} of 3`, kind: "code" }),
  );
  return html`${form(action, token, button, field({ id: "code", label: "Code from your authenticator app", kind: "code", hint: "6 digits, a new one every 30 seconds.", first: !needsRecoveryCode && frame }))}
<details${needsRecoveryCode && html` open`}>
<summary>Use a recovery code</summary>
${form(action, token, "Use recovery code", field({ id: "recovery-code", name: "code", label: "Recovery code", kind: "recovery-code", hint: "24 letters and digits. Each works once.", first: needsRecoveryCode && frame }))}
</details>
<details${(problem?.instead === "three-codes" || problem?.waitSeconds !== undefined) && html` open`}>
<summary>Enter three codes in a row</summary>
<p class="hint">This takes about a minute and needs no waiting after wrong codes. Enter three codes in the order in which your app shows them.</p>
${form(action, token, "Check three codes", html`${three}`)}
</details>`;
}

export function secondStepPage(frame: Frame): Html {
  const signOut = form("/sign-out", frame.token, "Cancel", "", "quiet");
  return page("Second step", frame, html`${secondFactorForms("/second-step", "Continue", frame)}${signOut}`);
}

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });

export function securityPage(frame: Frame, hasTwoFactor: boolean, status: TwoFactorStatus, notice?: string): Html {
  const { recoveryCodesLeft, activeSince, state } = status;
  const off = html`<p>
      Two-factor sign-in is <strong>off</strong>. With it, your password alone opens nothing: you also enter a code from
      an app on your phone.
    </p>
    ${form("/security/turn-on", frame.token, "Turn on")}`;
  const on = html`<p>
      Two-factor sign-in is <strong>on</strong>${activeSince && html` since ${DAY.format(activeSince)} UTC`}.
    </p>
    ${state === "restricted" && html`<p class="problem">There were many failures. Somebody may know your password.</p>`}
    ${state === "locked" && html`<p class="problem">Codes are locked after too many failures. Set up your app again.</p>`}
    ${state === "none" && html`<p class="problem">Your second factor is missing. Ask for help.</p>`}
    ${
      recoveryCodesLeft === 0
        ? html`<p class="problem">
            You have no recovery codes left. Without them, losing your phone locks you out. Make new ones now.
          </p>`
        : html`<p>Recovery codes left: <strong>${recoveryCodesLeft}</strong></p>`
    }
    <ul class="actions">
      <li><a href="/security/new-recovery-codes">Make new recovery codes</a></li>
      <li><a href="/security/change-device">Use another phone or app</a></li>
      <li><a href="/security/turn-off">Turn off</a></li>
    </ul>`;
  const box = notice !== undefined && html`<p class="notice" role="status">${notice}</p>`;
  return page(
    "Security",
    frame,
    html`<p>Signed in as <strong>${frame.user?.name}</strong>.</p>
      ${box}${hasTwoFactor ? on : off}`,
  );
}

/** What changes something asks for a second factor first. */
export function askPage(title: string, text: string, action: string, button: string, frame: Frame): Html {
  return page(
    title,
    frame,
    html`<p>${text}</p>
      ${secondFactorForms(action, button, frame)}
      <p><a href="/security">Back</a></p>`,
  );
}

export function setupPage(frame: Frame, { uri, qr, secret }: Setup): Html {
  return page(
    "Turn on two-factor sign-in",
    frame,
    html`<ol>
        <li>Install an authenticator app on your phone, if you have none.</li>
        <li>
          Scan this with it:<br /><img class="qr" src="${qr}" alt="QR code for your authenticator app" /><br />
          On this phone: <a href="${uri}">open in the authenticator app</a>.<br />
          Or type this into it: <code id="secret" class="secret">${groups(secret)}</code>
        </li>
        <li>Enter the code that the app shows.</li>
      </ol>
      ${confirmForm(frame)}`,
  );
}

function confirmForm(frame: Frame): Html {
  const code = field({ id: "code", label: "Code from your authenticator app", kind: "code", first: frame });
  return form("/security/confirm", frame.token, "Confirm", code);
}

/** After a wrong code. The secret was shown once and is not shown again: the app has it, or a new one is made. */
export function confirmAgainPage(frame: Frame, canConfirm: boolean): Html {
  const isOn = frame.problem?.instead === "new-recovery-codes";
  const link = isOn
    ? html`<p><a href="/security/new-recovery-codes">Make new recovery codes</a></p>`
    : html`<p><a href="/security/change-device">Start again with a new QR code</a></p>`;
  const again = frame.user?.hasTwoFactor
    ? link
    : form("/security/turn-on", frame.token, "Start again with a new QR code", "", "quiet");
  return page(
    "Turn on two-factor sign-in",
    frame,
    html`${canConfirm && confirmForm(frame)}${again}
      <p><a href="/security">Back</a></p>`,
  );
}

export function recoveryCodesPage(frame: Frame, codes: readonly string[]): Html {
  const file = `Recovery codes for Halfminute demo, ${frame.user?.name ?? ""}. Each works once.\n\n${codes.join("\n")}\n`;
  return page(
    "Your recovery codes",
    frame,
    html`<p>
        Two-factor sign-in is on. If you lose your phone, each of these lets you in once.
        <strong>They are shown only now.</strong> Keep them where your phone is not.
      </p>
      <ul id="recovery-codes" class="codes" role="list" aria-label="Recovery codes">
        ${codes.map((code) => html`<li>${code}</li>`)}
      </ul>
      <p class="tools">
        <button type="button" data-copy="recovery-codes" hidden>Copy</button>
        <a class="button" download="recovery-codes.txt" href="data:text/plain;charset=utf-8,${encodeURIComponent(file)}"
          >Download</a
        >
        <button type="button" data-print hidden>Print</button>
        <span role="status" data-copied></span>
      </p>
      <p><a href="/security">I have kept them</a></p>`,
  );
}

export function historyPage(frame: Frame, { happenings, refusals }: History): Html {
  const happened = happenings.map(({ at, text }): readonly Html[] => [time(at), html`${text}`]);
  const refused = refusals.map(({ text, count, lastAt }): readonly Html[] => [
    html`${text}`,
    html`${count}`,
    time(lastAt),
  ]);
  return page(
    "Sign-in history",
    frame,
    html`${happened.length > 0 ? table(["When (UTC)", "What"], happened) : html`<p>Nothing yet.</p>`}
    ${
      refused.length > 0 &&
      html`<h2>Attempts</h2>
        ${table(["What", "How often", "Last (UTC)"], refused)}`
    }`,
  );
}

function table(heads: readonly string[], rows: readonly (readonly Html[])[]): Html {
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

function time(at: string): Html {
  return html`<time datetime="${at}">${DAY.format(new Date(at))}</time>`;
}

export function faultPage(frame: Frame, title: string, text: string): Html {
  return page(
    title,
    frame,
    html`<p>${text}</p>
      <p><a href="/">Back to the start</a></p>`,
  );
}

function groups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? "";
}
