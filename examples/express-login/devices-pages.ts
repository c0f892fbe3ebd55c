// The pages of authenticator apps: the list of them, and setting one up.
import type { TwoFactorDevice } from "halfminute/two-factor";

import { type Html, html } from "./html.ts";
import { field, form, type Frame, hidden, page, time } from "./layout.ts";
import type { Setup } from "./two-factor.ts";

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

/** Without the cursor in the field: on a small screen that scrolls the QR code away. */
export function setupPage(frame: Frame, { uri, qr, secret }: Setup): Html {
  const code = field({ id: "code", label: CODE, kind: "code", first: frame, cursor: false });
  return page(
    titleFor(frame),
    frame,
    html`<div class="setup">
      <img class="qr" src="${qr}" alt="QR code for your authenticator app" />
      <div>
        <ol>
          <li>Install an authenticator app on your phone, if you have none.</li>
          <li>
            Scan the QR code with it. On this phone: <a href="${uri}">open in the authenticator app</a>.<br />
            Or type this key into it: ${key(secret)}
          </li>
          <li>Enter the code that the app shows.</li>
        </ol>
        ${form("/security/confirm", frame.token, "Confirm", code)}
      </div>
    </div>`,
  );
}

const CODE = "Code from your authenticator app";

function titleFor({ user }: Frame): string {
  return user?.hasTwoFactor ? "Set up another authenticator app" : "Turn on two-factor sign-in";
}

/** In groups of four, which break between lines as they do between words. */
function key(secret: string): Html {
  const groups = secret.match(/.{1,4}/g) ?? [];
  return html`<span class="tools"
    ><code id="secret" class="secret">${groups.map((group) => html`<span>${group}</span> `)}</code>
    <button type="button" data-copy="secret" data-between="" hidden>Copy key</button>
    <span role="status" data-copied></span
  ></span>`;
}

/** There is nothing to confirm any more. */
export function setupOverPage(frame: Frame): Html {
  const isOn = frame.problem?.instead === "new-recovery-codes";
  const link = isOn
    ? html`<p><a href="/security/new-recovery-codes">Make new recovery codes</a></p>`
    : html`<p><a href="/security/devices">Start again with a new QR code</a></p>`;
  const again = frame.user?.hasTwoFactor
    ? link
    : form("/security/turn-on", frame.token, "Start again with a new QR code", "", "quiet");
  return page(
    titleFor(frame),
    frame,
    html`${again}
      <p><a href="/security">Back</a></p>`,
  );
}
