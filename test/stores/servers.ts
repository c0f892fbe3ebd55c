// Real servers for tests: each call starts one of its own, in a temporary folder, reached through a socket file in it.
// No port is taken, so nothing collides; only a cluster of Redis needs some, and gets free ones. A shell holds the server on a leash: it ends the server and removes the folder
// when this process closes the pipe, or when it is gone, however it went. On a line in the pipe it kills the server and starts it again.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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
  stop(): Promise<void>;
}

const run = promisify(execFile);
const POSTGRES = "/usr/lib/postgresql";
// A server that is started too early, while its last processes are still there, gives up; then it is started once more.
const LEASH = `end=$1 folder=$2; shift 2
"$@" >"$folder/log" 2>&1 &
while read -r _; do
  kill -KILL $!; wait $!
  for try in 1 2 3 4 5 6 7 8 9; do
    "$@" >>"$folder/log" 2>&1 &
    sleep 1
    kill -0 $! && break
  done
  : >"$folder/again"
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
  return leashed({ folder, server, probe, end: "QUIT" }, folder);
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
  const fixed = { datadir: data, socket, "pid-file": path.join(folder, "pid"), max_connections: "300" };
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
  return leashed({ folder, server, probe, end: "KILL" }, socket);
}

/** `settings` are those of redis.conf. */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-redis-"));
  const socket = path.join(folder, "redis.sock");
  const all = { port: "0", unixsocket: socket, dir: folder, save: "", appendonly: "yes", ...settings };
  const options = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const probe = ["redis-cli", "-s", socket, "--no-raw", "-e", "ping"];
  return leashed({ folder, server: ["redis-server", ...options], probe, end: "KILL" }, socket);
}

export interface RedisCluster {
  /** Its ports, with commas between them. */
  readonly address: string;
  /** Each with a share of the slots: from `first` to the next one's. */
  readonly masters: readonly (Server & { readonly first: number })[];
  stop(): Promise<void>;
}

/** Three masters. Somebody else may take a port just before a server does; then others are tried. */
export async function startRedisCluster(tries = 5): Promise<RedisCluster> {
  const ports = await freePorts(6);
  const started = await Promise.allSettled([0, 1, 2].map((index) => startMaster(ports, index)));
  const masters = started.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(masters.map((master) => master.stop()));
  };
  if (masters.length === 3) {
    for (const [index, { address }] of masters.entries()) {
      await redisCli(address, "cluster", "set-config-epoch", String(index + 1));
      await redisCli(address, "cluster", "addslotsrange", String(firstSlot(index)), String(firstSlot(index + 1) - 1));
      if (index > 0) await redisCli(address, "cluster", "meet", "127.0.0.1", String(ports[0]), String(ports[3]));
    }
    const isFormed = async ({ address }: Server): Promise<boolean> => {
      const info = await redisCli(address, "cluster", "info");
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
    };
    for (let polls = 0; polls < 600; polls++) {
      const formed = await Promise.all(masters.map(isFormed));
      if (formed.every(Boolean)) return { address: ports.slice(0, 3).join(","), masters, stop };
      await sleep(50);
    }
  }
  await stop();
  if (tries === 1) throw new Error("the Redis cluster does not form");
  return startRedisCluster(tries - 1);
}

async function startMaster(ports: readonly number[], index: number): Promise<Server & { readonly first: number }> {
  const [port, bus] = [ports[index], ports[index + 3]].map(String) as [string, string];
  const settings = { port, bind: "127.0.0.1", "cluster-enabled": "yes", "cluster-port": bus };
  return { ...(await startRedis(settings)), first: firstSlot(index) };
}

function firstSlot(index: number): number {
  return Math.ceil((index * 16_384) / 3);
}

/** All are held before one is let go, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const holders = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(holders.map((holder) => once(holder, "listening")));
  const ports = holders.map((holder) => (holder.address() as AddressInfo).port);
  await Promise.all(holders.map((holder) => once(holder.close(), "close")));
  return ports;
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
}

async function leashed({ folder, server, probe, end }: Leashed, address: string): Promise<Server> {
  const words = ["-c", LEASH, "leash", end, folder, ...server];
  const leash = spawn("sh", words, { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(leash, "exit");
  const stop = async (): Promise<void> => {
    leash.stdin.end();
    await ended;
  };
  const waitFor = async (isSo: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 300; tries++) {
      if (await isSo()) return;
      await sleep(50);
    }
    await stop();
    throw new Error(`${server.join(" ")} does not serve`);
  };
  const crash = async (): Promise<void> => {
    const again = path.join(folder, "again");
    leash.stdin.write("\n");
    await waitFor(() => Promise.resolve(existsSync(again)));
    rmSync(again);
    await waitFor(() => succeeds(probe));
  };
  await waitFor(() => succeeds(probe));
  return { address, crash, stop };
}

function succeeds([program = "", ...words]: readonly string[]): Promise<boolean> {
  return run(program, words).then(
    () => true,
    () => false,
  );
}
