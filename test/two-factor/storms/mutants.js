// Stores with a fault, to see that the storms notice it. Each takes a right one.

export const mutants = {
  none: (store) => store,

  /** Looks first and writes later: what most people write at first. */
  "looks, then writes": (store) => ({
    read: (userId) => store.read(userId),
    compareAndSet: async (userId, expected, next) => {
      if ((await store.read(userId))?.revision !== expected) return false;
      await aMoment();
      await overwrite(store, userId, next);
      return true;
    },
  }),

  /** The last writer wins, and so does every other. */
  "never compares": (store) => ({
    read: (userId) => store.read(userId),
    compareAndSet: async (userId, _expected, next) => {
      await overwrite(store, userId, next);
      return true;
    },
  }),

  /** Remembers nothing, so that what was spent is good again. */
  "never writes": (store) => ({
    read: (userId) => store.read(userId),
    compareAndSet: async (userId, expected) => (await store.read(userId))?.revision === expected,
  }),

  /** Keeps something of each call for ever. */
  leaks: (store) => {
    const kept = [];
    return {
      read: (userId) => {
        kept.push(Array.from({ length: 50_000 }, () => userId));
        return store.read(userId);
      },
      compareAndSet: (...change) => store.compareAndSet(...change),
    };
  },

  /** Forgets to handle what fails. */
  "drops rejections": (store) => ({
    read: (userId) => {
      const reading = store.read(userId);
      reading.then(() => undefined);
      return reading;
    },
    compareAndSet: (...change) => store.compareAndSet(...change),
  }),

  /** Says true before anything is written. It would be at the end of the process. */
  "writes at the end": (store) => {
    const ahead = new Map();
    const read = async (userId) => ahead.get(userId) ?? store.read(userId);
    return {
      read,
      compareAndSet: async (userId, expected, next) => {
        if ((await read(userId))?.revision !== expected) return false;
        ahead.set(userId, next);
        return true;
      },
    };
  },
};

async function overwrite(store, userId, next) {
  for (;;) {
    const found = await store.read(userId);
    if (await store.compareAndSet(userId, found?.revision, next)) return;
  }
}

function aMoment() {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
