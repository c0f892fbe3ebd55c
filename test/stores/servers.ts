// Real servers for tests: each call starts one of its own, in a temporary folder, reached through a
// socket file in it. No port is taken, so nothing collides; only a cluster of Redis needs some
// (redis-cluster.ts). A shell holds the server on a leash: it ends the server and removes the
// folder when this process closes the pipe, or when it is gone, however it went. A line in the pipe
// is a signal for the server, or `up` to start it again.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { isThere } from "../helpers/programs.ts";

export interface Server {
  /** What `connections.js` takes: a path of the file system. */
  readonly address: string;
  /** Ends it at once (SIGKILL), and starts it again on the data that it left. */
  crash(): Promise<void>;
  /** Ends it in order, and starts it again. */
  restart(): Promise<void>;
  /** Sends it a signal. After SIGKILL it has ended. */
  signal(name: "KILL" | "STOP" | "CONT"): Promise<void>;
  /** Starts it again on the data that it left. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const POSTGRES = "/usr/lib/postgresql";
// A server that is started too early, while its last processes are still there, gives up; then it
// is started once more.
const LEASH = `end=$1 folder=$2; shift 2
"$@" >"$folder/log" 2>&1 &
while read -r word; do
  case $word in
    up)
      for try in 1 2 3 4 5 6 7 8 9; do
        "$@" >>"$folder/log" 2>&1 &
        sleep 1
        kill -0 $! && break
      done ;;
    *)
      kill -$word $!
      case $word in KILL|INT|TERM) wait $! ;; esac ;;
  esac
  : >"$folder/done"
done
kill -$end $!; wait $!; rm -rf "$folder"`;

/** The folder of the newest PostgreSQL, or of the one on the PATH. */
function postgresFolder(): string {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES) : [];
  const newest = versions.toSorted((one, other) => Number(other) - Number(one))[0];
  if (newest !== undefined) return path.join(POSTGRES, newest, "bin");
  return path.dirname(execFileSync("sh", ["-c", "command -v initdb || true"], { encoding: "utf8" }).trim());
}

export function hasPostgres(): boolean {
  return isThere(path.join(postgresFolder(), "postgres"), "--version");
}

export function hasRedis(): boolean {
  return isThere("redis-server", "--version");
}

/** PostgreSQL refuses to run as root. */
function asPostgres(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  const user = Number(execFileSync("sh", ["-c", "id -u postgres || id -u nobody"], { encoding: "utf8" }));
  chownSync(folder, user, user);
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
}

/** `settings` are those of postgresql.conf. Its data need not outlive the machine: fsync is off. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-pg-"));
  const [bin, data, user] = [postgresFolder(), path.join(folder, "data"), asPostgres(folder)];
  const make = [path.join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"];
  const [program = "", ...words] = [...user, ...make];
  try {
    execFileSync(program, words, { stdio: ["ignore", "ignore", "inherit"], cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const fixed = { listen_addresses: "", unix_socket_directories: folder, fsync: "off", max_connections: "300" };
  const options = Object.entries({ ...fixed, ...settings }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = [...user, path.join(bin, "postgres"), "-D", data, ...options];
  const probe = [path.join(bin, "pg_isready"), "-q", "-h", folder];
  return leashed({ folder, server, probe, end: "QUIT", orderly: "INT" }, folder);
}

export function hasMariadb(): boolean {
  return isThere("mariadbd", "--version");
}

/** `settings` are those of my.cnf. */
export async function startMariadb(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-my-"));
  const [data, socket] = [path.join(folder, "data"), path.join(folder, "mariadb.sock")];
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const make = ["--auth-root-authentication-method=normal", "--skip-test-db", `--datadir=${data}`, ...user];
  try {
    execFileSync("mariadb-install-db", ["--no-defaults", ...make], { stdio: ["ignore", "ignore", "inherit"] });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const fixed = { datadir: data, socket, "pid-file": path.join(folder, "pid"), max_connections: "1000" };
  const options = Object.entries({ ...fixed, ...settings }).map(([name, value]) => `--${name}=${value}`);
  const server = ["mariadbd", "--no-defaults", ...user, "--skip-networking", "--skip-name-resolve", ...options];
  const probe = [
    "mariadb",
    "--no-defaults",
    `--socket=${socket}`,
    "-uroot",
    "-e",
    "CREATE DATABASE IF NOT EXISTS test",
  ];
  return leashed({ folder, server, probe, end: "KILL", orderly: "TERM" }, socket);
}

/** `settings` are those of redis.conf. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-redis-"));
  const socket = path.join(folder, "redis.sock");
  const all = { port: "0", unixsocket: socket, dir: folder, save: "", appendonly: "yes", ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const probe = ["redis-cli", "-s", socket, "--no-raw", "-e", "ping"];
  return leashed({ folder, server: ["redis-server", ...options], probe, end: "KILL", orderly: "TERM" }, socket);
}

/** Asks a server of {@link startRedis}; what it answers with an error rejects. */
export async function redisCli(address: string, ...words: string[]): Promise<string> {
  return (await run("redis-cli", ["-s", address, "-e", ...words])).stdout.trim();
}

interface Leashed {
  readonly folder: string;
  readonly server: readonly string[];
  /** A command that succeeds as soon as the server serves. */
  readonly probe: readonly string[];
  /** The signal on which it ends at once, whoever is connected. */
  readonly end: string;
  /** The signal on which it ends in order, whoever is connected. */
  readonly orderly: string;
}

async function leashed({ folder, server, probe, end, orderly }: Leashed, address: string): Promise<Server> {
  const words = ["-c", LEASH, "leash", end, folder, ...server];
  const leash = spawn("sh", words, { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(leash, "exit");
  const stop = async (): Promise<void> => {
    leash.stdin.end();
    await ended;
  };
  const waitFor = async (isSo: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 1200; tries++) {
      if (await isSo()) return;
      await sleep(50);
    }
    await stop();
    throw new Error(`${server.join(" ")} does not serve`);
  };
  const tell = async (word: string): Promise<void> => {
    const done = path.join(folder, "done");
    leash.stdin.write(`${word}\n`);
    await waitFor(() => Promise.resolve(existsSync(done)));
    rmSync(done);
  };
  const up = async (): Promise<void> => {
    await tell("up");
    await waitFor(() => succeeds(probe));
  };
  const again = async (signal: string): Promise<void> => {
    await tell(signal);
    await up();
  };
  await waitFor(() => succeeds(probe));
  return { address, crash: () => again("KILL"), restart: () => again(orderly), signal: tell, up, stop };
}

function succeeds([program = "", ...words]: readonly string[]): Promise<boolean> {
  return run(program, words).then(
    () => true,
    () => false,
  );
}
