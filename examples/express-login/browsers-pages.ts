// The list of remembered browsers, and forgetting one or all.
import type { TwoFactorBrowser } from "halfminute/two-factor";

import { type Html, html } from "./html.ts";
import { form, type Frame, hidden, page, time } from "./layout.ts";

export function browsersPage(frame: Frame, browsers: readonly TwoFactorBrowser[]): Html {
  const { token } = frame;
  const some = html`<p>In these, your password is enough to sign in. A change still needs a code.</p>
    ${browsers.map((browser) => section(browser, token))}
    ${form("/security/browsers/forget-all", token, "Forget all browsers")}`;
  return page(
    "Remembered browsers",
    frame,
    html`${browsers.length > 0 ? some : html`<p>No browser is remembered. You enter a code at each sign-in.</p>`}
      <p><a href="/security">Back</a></p>`,
  );
}

function section({ id, name, lastUsedAt, expiresAt }: TwoFactorBrowser, token: string): Html {
  const shown = name ?? "A browser";
  return html`<section aria-labelledby="browser-${id}">
    <h2 id="browser-${id}">${shown}</h2>
    <p>Last used ${time(lastUsedAt.toISOString())}, remembered until ${time(expiresAt.toISOString())} (UTC)</p>
    ${form("/security/browsers/forget", token, `Forget ${shown}`, hidden("browser", id), "quiet")}
  </section>`;
}
