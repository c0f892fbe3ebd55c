// What is secret comes from standard input: piped, or typed on a terminal that does not show it.
// Never from an argument, which other people of the machine can read.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface HiddenLines {
  /** The next line; nothing at the end. A terminal shows the question. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

export function hiddenLines(): HiddenLines {
  const isTerminal = process.stdin.isTTY; // not there if it is a pipe
  const nowhere = new Writable({
    write: (_piece, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal, historySize: 0 });
  const lines = reader[Symbol.asyncIterator]();
  return {
    ask: async (question) => {
      if (isTerminal) process.stderr.write(question);
      const next = await lines.next();
      if (isTerminal) process.stderr.write("\n");
      return next.done ? undefined : next.value;
    },
    close: () => {
      reader.close();
    },
  };
}
