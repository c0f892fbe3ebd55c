// The pages of the account's security: where it stands, the code before a change, recovery codes,
// turning it off.
import type { TwoFactorStatus } from "halfminute/two-factor";

import { type Html, html } from "./html.ts";
import { form, type Frame, page, secondFactorForms, time } from "./layout.ts";

export function securityPage(frame: Frame, hasTwoFactor: boolean, status: TwoFactorStatus, notice?: string): Html {
  const { recoveryCodesLeft, devices, browsers, state, issuedRecoveryCodeUntil: until } = status;
  const [since] = devices.map((device) => device.since);
  const off = html`<p>
      Two-factor sign-in is <strong>off</strong>. With it, your password alone opens nothing: you also enter a code from
      an app on your phone.
    </p>
    ${form("/security/turn-on", frame.token, "Turn on")}`;
  const on = html`<p>
      Two-factor sign-in is <strong>on</strong>${since && html` since ${time(since.toISOString())} UTC`}.
    </p>
    ${state === "restricted" && html`<p class="problem">There were many failures. Somebody may know your password.</p>`}
    ${state === "locked" && html`<p class="problem">Codes are locked after too many failures. Ask support to unlock your account.</p>`}
    ${state === "none" && html`<p class="problem">Your second factor is missing. Ask for help.</p>`}
    ${
      recoveryCodesLeft === 0
        ? html`<p class="problem">
            You have no recovery codes left. Without them, losing your phone locks you out. Make new ones now.
          </p>`
        : html`<p>Recovery codes left: <strong>${recoveryCodesLeft}</strong></p>`
    }
    ${until && html`<p>Support made a recovery code for you. It is good until ${time(until.toISOString())} UTC.</p>`}
    <ul class="actions">
      <li><a href="/security/devices">Authenticator apps (${devices.length})</a></li>
      <li><a href="/security/browsers">Remembered browsers (${browsers.length})</a></li>
      <li><a href="/security/new-recovery-codes">Make new recovery codes</a></li>
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

/** A code, before something may be changed. */
export function checkPage(frame: Frame, next: string): Html {
  return page(
    "Confirm it is you",
    frame,
    html`<p>Enter a code to make changes for the next five minutes.</p>
      ${secondFactorForms(`/security/check?next=${next}`, "Continue", frame)}
      <p><a href="/security">Back</a></p>`,
  );
}

export function newRecoveryCodesPage(frame: Frame): Html {
  return page(
    "Make new recovery codes",
    frame,
    html`<p>The old ones stop working.</p>
      ${form("/security/new-recovery-codes", frame.token, "Make new codes")}
      <p><a href="/security">Back</a></p>`,
  );
}

export function turnOffPage(frame: Frame): Html {
  return page(
    "Turn off two-factor sign-in",
    frame,
    html`<p>Your password alone will open your account.</p>
      ${form("/security/turn-off", frame.token, "Turn off")}
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
      <p><a href="/security">I saved them</a></p>`,
  );
}
