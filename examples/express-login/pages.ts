// The pages of signing up and in, the history, and what is shown when something fails.
import { type Html, html } from "./html.ts";
import type { History } from "./history.ts";
import { field, form, type Frame, page, secondFactorForms, table, time } from "./layout.ts";

export function signUpPage(frame: Frame, name?: string): Html {
  const fields = html`${field({ id: "name", label: "Name or e-mail address", kind: "name", first: frame, value: name ?? "" })}
  ${field({ id: "password", label: "Password", kind: "new-password", hint: "At least 8 characters." })}`;
  return page(
    "Sign up",
    frame,
    html`${form("/sign-up", frame.token, "Sign up", fields)}
      <p>Already have an account? <a href="/sign-in">Sign in</a></p>`,
  );
}

export function signInPage(frame: Frame, name?: string): Html {
  const fields = html`${field({ id: "name", label: "Name or e-mail address", kind: "name", first: frame, value: name ?? "" })}
  ${field({ id: "password", label: "Password", kind: "password" })}`;
  return page(
    "Sign in",
    frame,
    html`${form("/sign-in", frame.token, "Sign in", fields)}
      <p>New here? <a href="/sign-up">Sign up</a></p>`,
  );
}

export function secondStepPage(frame: Frame, isToRemember = false): Html {
  const signOut = form("/sign-out", frame.token, "Cancel", "", "quiet");
  const remember = html`<label class="choice">
    <input type="checkbox" name="remember" value="yes" ${isToRemember && "checked"} />
    Remember this browser for 30 days
  </label>`;
  return page("Second step", frame, html`${secondFactorForms("/second-step", "Continue", frame, remember)}${signOut}`);
}

/** The code that was sent by mail. */
export function newBrowserPage(frame: Frame): Html {
  const hint = "8 digits, good for 10 minutes and for this sign-in alone.";
  const code = field({ id: "code", label: "Code from the mail", kind: "mail-code", hint, first: frame });
  return page(
    "A new browser",
    frame,
    html`<p>You have not signed in here before, so this sign-in needs a code by mail.</p>
      ${form("/new-browser", frame.token, "Continue", code)}
      ${form("/new-browser/send", frame.token, "Send it again", "", "quiet")}
      ${form("/sign-out", frame.token, "Cancel", "", "quiet")}`,
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

export function faultPage(frame: Frame, title: string, text?: string): Html {
  return page(
    title,
    frame,
    html`${text && html`<p>${text}</p>`}
      <p><a href="/">Back to the start</a></p>`,
  );
}
