// Several processes that work on one database at once.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { type Driver } from "../connections.js";

const WORKER = fileURLToPath(new URL("worker.js", import.meta.url));

/** What every worker begins with. */
export interface Start {
  readonly driver: Driver;
  readonly address: string;
  /** Of the driver. */
  readonly settings?: object;
  /** Of the store. */
  readonly options?: object;
  /** Another Node than this one. */
  readonly execPath?: string;
}

export interface Crowd {
  /** The same task in all of them at once: their values. */
  all<Value>(task: string, input?: object): Promise<Value[]>;
  /** A task in one of them. It may report before it is done. */
  one<Value>(index: number, task: string, input?: object, onReport?: (report: unknown) => void): Promise<Value>;
  /** Ends one at once, in the middle of whatever it does (SIGKILL). Its open tasks reject. */
  kill(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** `many` processes, all connected. */
export async function startCrowd(many: number, start: Start): Promise<Crowd> {
  const workers = await Promise.all(Array.from({ length: many }, () => startWorker(start)));
  const worker = (index: number): Worker => {
    const found = workers[index];
    if (!found) throw new Error(`there is no worker ${index}`);
    return found;
  };
  return {
    all: <Value>(task: string, input?: object) =>
      Promise.all(workers.map(({ work }) => work(task, input))) as Promise<Value[]>,
    one: <Value>(index: number, task: string, input?: object, onReport?: (report: unknown) => void) =>
      worker(index).work(task, input, onReport) as Promise<Value>,
    kill: (index) => worker(index).end("SIGKILL"),
    stop: async () => {
      await Promise.all(workers.map(({ end }) => end("SIGTERM")));
    },
  };
}

interface Worker {
  readonly work: (task: string, input?: object, onReport?: (report: unknown) => void) => Promise<unknown>;
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly ready?: true;
  readonly value?: unknown;
  readonly report?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onReport: ((report: unknown) => void) | undefined;
}

async function startWorker({ execPath, ...start }: Start): Promise<Worker> {
  const child = fork(WORKER, { execArgv: ["--no-warnings"], ...(execPath !== undefined && { execPath }) });
  const waiting = new Map<number, Waiting>();
  let tasks = 0;
  child.on("message", ({ id = -1, value, report, error }: Answer) => {
    if (report !== undefined) {
      waiting.get(id)?.onReport?.(report);
      return;
    }
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("the worker process ended"));
  });
  await connected(child, start);
  return {
    work: (task, input, onReport) =>
      new Promise((resolve, reject) => {
        const id = tasks++;
        waiting.set(id, { resolve, reject, onReport });
        child.send({ id, task, input }, (error) => {
          if (error) reject(error);
        });
      }),
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // What it said before it ended is heard until the channel is closed.
      const ended = [once(child, "exit"), ...(child.connected ? [once(child, "disconnect")] : [])];
      child.kill(signal);
      await Promise.all(ended);
    },
  };
}

async function connected(child: ChildProcess, start: object): Promise<void> {
  child.send(start);
  const first = await Promise.race([once(child, "message"), once(child, "exit")]);
  const { ready, error } = (first[0] ?? {}) as Answer;
  if (ready) return;
  child.kill("SIGKILL");
  throw new Error(`a worker could not begin: ${error ?? "it ended"}`);
}
