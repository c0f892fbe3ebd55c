// Reads a line from a terminal without showing it: the terminal hands over each key, and this is
// the line editor.

/** The part of `process.stdin` that is used when it is a terminal. */
export interface Terminal {
  setRawMode(isRaw: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", listener: (piece: string) => void): unknown;
  on(event: "end" | "error", listener: () => void): unknown;
  removeAllListeners(event: "data" | "end" | "error"): unknown;
}

const CONTROL = { c: "\u0003", d: "\u0004", h: "\b", u: "\u0015", delete: "\u007f" } as const;

/** The line without its end; `undefined` after Ctrl-C. Leaves the terminal as it was. */
export function readHiddenLine(terminal: Terminal, limit: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let line = "";
    const finish = (result: string | undefined): void => {
      for (const event of ["data", "end", "error"] as const) terminal.removeAllListeners(event);
      terminal.setRawMode(false);
      terminal.pause();
      resolve(result);
    };
    terminal.on("data", (piece) => {
      for (const key of piece) {
        if (key === CONTROL.c) {
          finish(undefined);
          return;
        }
        if (key === "\r" || key === "\n" || key === CONTROL.d || line.length > limit) {
          finish(line);
          return;
        }
        line = edit(line, key);
      }
    });
    // Nothing more comes from a closed terminal.
    terminal.on("end", () => {
      finish(line);
    });
    terminal.on("error", () => {
      finish(line);
    });
    terminal.setEncoding("utf8");
    terminal.setRawMode(true);
    terminal.resume();
  });
}

function edit(line: string, key: string): string {
  if (key === CONTROL.u) return "";
  if (key === CONTROL.delete || key === CONTROL.h) return Array.from(line).slice(0, -1).join("");
  return key < " " ? line : line + key; // other control keys are ignored
}
