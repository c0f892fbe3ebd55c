// Canaries: secrets and codes go through every call, and none is seen in an error, event, status,
// record or printed object.
import { inspect } from "node:util";

import { expect, it } from "vitest";

import { decodeSecret, encodeBase32 } from "../../src/index.ts";
import { keyRing } from "../../src/two-factor/sealing/key-ring.ts";
import { decodeVault, type Vault } from "../../src/two-factor/sealing/vault.ts";
import { codeOf, KEY, World } from "./world.ts";

/** All spellings of some bytes in which they might be seen. */
function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const base64 = buffer.toString("base64").replace(/=+$/, "");
  return [
    buffer.toString("latin1"),
    buffer.toString("utf8"),
    buffer.toString("hex"),
    buffer.toString("hex").toUpperCase(),
    encodeBase32(bytes),
    encodeBase32(bytes).toLowerCase(),
    base64,
    buffer.toString("base64url"),
    Array.from(bytes).join(","),
    JSON.stringify(Object.fromEntries(Object.entries(bytes))).slice(1, -1),
  ];
}

/** Everything that somebody might print of a value. */
function printed(value: unknown): string {
  const parts = [
    inspect(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
  ];
  parts.push(JSON.stringify([value]), String(value));
  if (value instanceof Error)
    parts.push(value.message, value.stack ?? "", printed(value.cause), JSON.stringify(Object.entries(value)));
  return parts.join("\n");
}

/** What is sealed of alice. */
async function vaultOf(world: World): Promise<Vault> {
  const { vault } = world.state();
  const context = Buffer.from('["halfminute/two-factor 2","vault","alice"]');
  const plaintext = await keyRing([{ id: "first", key: KEY }]).open("first", vault?.text ?? "", context);
  const opened = plaintext && decodeVault(plaintext);
  if (!opened) throw new Error("the vault opens");
  return opened;
}

it("nothing that is secret is seen outside of the answers that show it", async () => {
  const seen: string[] = [];
  const see = (value: unknown): void => {
    seen.push(printed(value));
  };
  const world = new World({ onEvent: see });
  const { store, twoFactor } = world;
  const secretTexts = new Set<string>();
  const typedTexts = new Set<string>();
  const hide = (bytes: Uint8Array): void => {
    for (const text of spellings(bytes)) secretTexts.add(text);
  };
  const typed = (text: string): string => {
    typedTexts.add(text);
    return text;
  };
  const hideRecovery = (codes: readonly string[]): void => {
    for (const code of codes) {
      hide(decodeSecret(code));
      for (const text of [code, code.toLowerCase(), code.replaceAll("-", " ")]) secretTexts.add(text);
    }
  };
  const failing = async (call: Promise<unknown>): Promise<void> => {
    see(
      await call.then(
        () => "passed",
        (error: unknown) => error,
      ),
    );
    for (const record of store.records.values()) see(record);
  };

  hide(KEY);
  see(twoFactor);

  const { deviceId, secret } = await twoFactor.enroll("alice", { accountName: "alice" });
  world.secret = secret;
  hide(decodeSecret(secret));
  await failing(twoFactor.confirm("alice", typed(world.wrongCode(7)), { deviceId }));
  await failing(twoFactor.confirm("alice", typed(world.code(50)), { deviceId }));
  await failing(twoFactor.confirm("alice", typed("canary 424242"), { deviceId }));
  const { recoveryCodes } = await twoFactor.confirm("alice", typed(world.code()), { deviceId });
  hideRecovery(recoveryCodes);
  await failing(twoFactor.confirm("alice", typed(world.code()), { deviceId }));
  world.pass(300);
  await failing(twoFactor.verify("alice", typed(world.wrongCode(9))));
  await failing(twoFactor.verify("alice", typed(world.code())));
  await failing(twoFactor.verify("alice", typed(world.code())));
  await failing(twoFactor.verify("alice", typed("canary 434343")));
  await failing(twoFactor.verify("alice", recoveryCodes[0] ?? ""));
  await failing(twoFactor.verify("alice", recoveryCodes[0] ?? ""));
  await failing(twoFactor.verify("alice", typed("CANA-RYCA-NARY-CANA-RYCA-NARY")));
  await failing(
    twoFactor.verifyConsecutive("alice", [typed(world.code(48)), typed(world.code(49)), typed(world.code(50))]),
  );
  await failing(
    twoFactor.verifyConsecutive("alice", [typed(world.code(1)), typed(world.code(3)), typed(world.code(2))]),
  );
  await failing(twoFactor.verify("nobody", typed(world.code(4))));
  world.setStanding(10, 30, world.now + 1000);
  await failing(twoFactor.verify("alice", typed(world.code(5))));
  world.setStanding(0, 900);
  await failing(twoFactor.verify("alice", typed(world.code(6))));
  world.setStanding(100, 300);
  await failing(twoFactor.verify("alice", typed(world.code(7))));
  world.setStanding(0, 0);
  hideRecovery((await twoFactor.renewRecoveryCodes("alice")).recoveryCodes);

  const { recoveryCode } = await twoFactor.issueRecoveryCode("alice", { hours: 1 });
  hideRecovery([recoveryCode]);
  const binding = "canary of a binding";
  secretTexts.add(binding);
  world.pass(300);
  const { browser } = await twoFactor.verify("alice", typed(world.code()), { remember: { binding, name: "laptop" } });
  const hideToken = (token = ""): void => {
    secretTexts.add(token);
    secretTexts.add(token.split(".")[2] ?? "");
  };
  hideToken(browser?.token);
  const next = await twoFactor.recognizeBrowser("alice", browser?.token, { binding });
  hideToken(next.token);
  await failing(twoFactor.recognizeBrowser("alice", next.token, { binding: "another canary" }));
  hideToken((await twoFactor.recognizeBrowser("alice", next.token, { binding })).token);
  hideToken((await twoFactor.recognizeBrowser("alice", next.token, { binding })).token);
  world.pass(300);
  await failing(twoFactor.recognizeBrowser("alice", browser?.token, { binding }));
  const request = "canary of a request";
  secretTexts.add(request);
  const issued = await twoFactor.issueCode("alice", { purpose: "email", request });
  typed(issued.code);
  await failing(twoFactor.issueCode("alice", { purpose: "email", request }));
  await failing(twoFactor.verifyIssuedCode("alice", typed("48484848"), { purpose: "email", request }));
  await failing(twoFactor.verifyIssuedCode("alice", issued.code, { purpose: "email", request: "another" }));
  await failing(twoFactor.verifyIssuedCode("alice", issued.code, { purpose: "email", request }));
  await failing(twoFactor.verify("alice", recoveryCode));
  const { key, browserKey } = await vaultOf(world);
  hide(key);
  hide(browserKey);
  see(await twoFactor.status("alice"));
  see(await twoFactor.reseal("alice"));

  const imported = Uint8Array.from({ length: 20 }, (_, index) => 65 + index);
  hide(imported);
  await failing(twoFactor.importDevice("bob", { secret: imported }));
  await failing(twoFactor.importDevice("bob", { secret: encodeBase32(imported) }));
  await failing(twoFactor.importDevice("carol", { secret: `${encodeBase32(imported)}!` }));
  await failing(twoFactor.importDevice("carol", { secret: imported, after: undefined } as never));
  await failing(
    world.another({ sealingKeys: [{ id: "other", key: KEY }], onEvent: see }).verify("bob", typed("454545")),
  );
  for (const broken of [
    { read: () => Promise.reject(new Error("down")) },
    { compareAndSet: () => Promise.reject(new Error("down")) },
  ]) {
    await failing(
      world
        .another({ store: { ...store, ...broken }, onEvent: see })
        .verify("bob", typed(codeOf(encodeBase32(imported), world.counter))),
    );
  }
  const sealer = {
    keyIds: ["kms"],
    seal: (_: string, plaintext: Uint8Array) => Promise.reject(new Error(Buffer.from(plaintext).toString("hex"))),
    open: (_: string, text: string) => Promise.reject(new Error(text)),
  };
  await failing(world.another({ sealer, onEvent: see }).importDevice("dora", { secret: imported }));
  world.store.records.set("bob", { revision: "r", body: `{"secret":"${encodeBase32(imported)}"` });
  see(await twoFactor.verify("bob", typed("464646")).catch((error: unknown) => error));
  store.records.delete("bob");
  await failing(twoFactor.disable("alice"));

  const everything = seen.join("\n").replace(/,\s+/g, ",");
  expect(seen.length).toBeGreaterThan(60);
  expect(everything).toContain("replay-seen");
  expect(everything).toContain("store-unavailable");
  for (const type of ["browser-token-reused", "browser-recognized", "code-issued", "issued-code-passed"]) {
    expect(everything).toContain(type);
  }
  for (const text of secretTexts) expect(everything.includes(text), `a secret, as ${text.slice(0, 4)}…`).toBe(false);
  // What was typed is in no error and no event. (Digits of six may stand in a number by chance, so
  // they are looked for alone.)
  for (const text of typedTexts) {
    expect(new RegExp(`(?<![0-9A-Z])${text}(?![0-9A-Z])`).test(everything), `what was typed, ${text}`).toBe(false);
  }
  // The test sees: each of these would be found.
  expect(printed(new Error("x", { cause: { secret } }))).toContain(secret);
  expect(JSON.stringify({ key: KEY })).toContain(spellings(KEY).at(-1));
  expect(printed({ key: KEY }).replace(/,\s+/g, ",")).toContain(Array.from(KEY).join(","));
});
