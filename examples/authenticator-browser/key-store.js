// Keeps keys in IndexedDB. A script can use them there, but no script can read them.
import { importKey } from "halfminute";

const STORE = "keys";

/** Keeps the secret of an account as a key that cannot be exported. */
export async function keepKey(name, secret, algorithm = "SHA-1") {
  const key = await importKey(secret, algorithm);
  await inStore("readwrite", (store) => store.put(key, name));
}

/** The key of an account, or `undefined`. `generateTotp` of "halfminute" takes it as a secret. */
export function keptKey(name) {
  return inStore("readonly", (store) => store.get(name));
}

async function inStore(mode, use) {
  const opening = indexedDB.open("authenticator", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await answerOf(opening);
  try {
    return await answerOf(use(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
