// The pages of the account's security: its devices, browsers and recovery codes.
import type { TwoFactorBrowser, TwoFactorDevice, TwoFactorStatus } from "halfminute/two-factor";

import { type Html, html } from "./html.ts";
import { field, form, type Frame, page, secondFactorForms, table, time } from "./layout.ts";
import type { Setup } from "./two-factor.ts";

export function securityPage(frame: Frame, hasTwoFactor: boolean, status: TwoFactorStatus, notice?: string): Html {
  const { recoveryCodesLeft, devices, browsers, state } = status;
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
      <li><a href="/security/devices">Authenticator apps (${devices.length})</a></li>
      <li><a href="/security/new-recovery-codes">Make new recovery codes</a></li>
      <li><a href="/security/turn-off">Turn off</a></li>
    </ul>
    ${browsers.length > 0 && browserList(browsers, frame.token)}`;
  const box = notice !== undefined && html`<p class="notice" role="status">${notice}</p>`;
  return page(
    "Security",
    frame,
    html`<p>Signed in as <strong>${frame.user?.name}</strong>.</p>
      ${box}${hasTwoFactor ? on : off}`,
  );
}

function browserList(browsers: readonly TwoFactorBrowser[], token: string): Html {
  const rows = browsers.map(({ id, name, lastUsedAt, expiresAt }): readonly Html[] => [
    html`${name}`,
    time(lastUsedAt.toISOString()),
    time(expiresAt.toISOString()),
    form("/security/forget-browser", token, `Forget ${name}`, hidden("browser", id), "quiet"),
  ]);
  return html`<h2>Remembered browsers</h2>
    <p>In these, your password is enough to sign in. A change still needs a code.</p>
    ${table(["Browser", "Last used (UTC)", "Until (UTC)", "Forget"], rows)}`;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
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

export function devicesPage(frame: Frame, devices: readonly TwoFactorDevice[]): Html {
  const { token } = frame;
  const name = field({
    id: "name",
    label: "Name of the new one",
    kind: "device-name",
    hint: "For example: old phone.",
  });
  return page(
    "Authenticator apps",
    frame,
    html`${devices.map((device) => deviceSection(device, devices.length, token))}
      <h2>Add another one</h2>
      ${form("/security/devices/add", token, "Add", name)}
      <p><a href="/security">Back</a></p>`,
  );
}

function deviceSection({ id, name, since, lastUsedAt }: TwoFactorDevice, count: number, token: string): Html {
  const shown = name ?? UNNAMED;
  const device = hidden("device", id);
  const label = `New name for ${shown}`;
  const rename = field({ id: `name-${id}`, name: "name", label, kind: "device-name", value: name ?? "" });
  return html`<section aria-labelledby="device-${id}">
    <h2 id="device-${id}">${shown}</h2>
    <p>Since ${time(since.toISOString())}${lastUsedAt && html`, last used ${time(lastUsedAt.toISOString())}`} (UTC)</p>
    ${form("/security/devices/rename", token, "Rename", html`${device}${rename}`, "quiet")}
    ${form("/security/devices/replace", token, `Replace ${shown}`, device, "quiet")}
    ${count > 1 && form("/security/devices/remove", token, `Remove ${shown}`, device, "quiet")}
  </section>`;
}

const UNNAMED = "Authenticator app";

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

export function setupPage(frame: Frame, { uri, qr, secret }: Setup): Html {
  return page(
    setupTitle(frame),
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

function setupTitle({ user }: Frame): string {
  return user?.hasTwoFactor ? "Set up another authenticator app" : "Turn on two-factor sign-in";
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
    : html`<p><a href="/security/devices">Start again with a new QR code</a></p>`;
  const again = frame.user?.hasTwoFactor
    ? link
    : form("/security/turn-on", frame.token, "Start again with a new QR code", "", "quiet");
  return page(
    setupTitle(frame),
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
      <p><a href="/security">I saved them</a></p>`,
  );
}

function groups(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? "";
}
