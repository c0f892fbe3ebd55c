// The app with one user, alice@example.com, whose password is in the environment. For trying things
// out: all is in memory.
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

import { memoryStore } from "halfminute/stores/memory";

import type { User } from "../account/account.ts";
import { buildApp } from "./app.ts";

const salt = randomBytes(16);
const hashOf = (password: string) => scryptSync(password, salt, 32);
const hash = hashOf(process.env["PASSWORD"] ?? randomBytes(16).toString("hex"));
let alice: User = { id: "1", email: "alice@example.com", hasTwoFactor: false, stamp: 0, passwordVersion: 1 };

const app = buildApp({
  store: memoryStore(), // of a real app: sqliteStore, postgresStore, … beside its users
  sealingKeys: [{ id: "2026-11", key: randomBytes(32) }], // of a real app: from the environment, always the same
  onEvent: (event) => {
    console.log(event.type, event.userId);
  },
  users: {
    find: (id) => Promise.resolve(id === alice.id ? alice : undefined),
    checkPassword: (email, password) =>
      Promise.resolve(timingSafeEqual(hashOf(password), hash) && email === alice.email ? alice : undefined),
    setTwoFactor: (_id, stamp, on) => {
      if (alice.stamp !== stamp) return Promise.resolve(false);
      alice = { ...alice, hasTwoFactor: on, stamp: stamp + 1 };
      return Promise.resolve(true);
    },
  },
});
console.log(`listening on ${await app.listen({ port: Number(process.env["PORT"] ?? 3000) })}`);
