// The playground in real browsers: a tab for each, served as `npm run playground` does.
import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";

import { playgroundServer } from "../../../tools/playground/server.ts";
import { ROOT } from "../../helpers/packed.ts";
import { BROWSERS, type Tab } from "../browsers.ts";

export const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
export const OTHER_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
export const THIRD_SECRET = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
export const FACES = ["webcrypto", "synchronous"] as const;

/** What a test does with the page. */
export class Playground {
  tab!: Tab;
  address!: string;

  choose(face: string): Promise<void> {
    return this.tab.page.click(`input[value=${face}]`);
  }

  /** The code that the page shows for what is in its fields now. */
  async codeAfter(fields: Readonly<Record<string, string | number>>): Promise<string> {
    await this.tab.fill(fields);
    await this.tab.until(`!document.getElementById("code").hasAttribute("aria-busy")`);
    return this.tab.text("code");
  }

  /** Submits a form, and waits for what the page says then. */
  async submit(form: string, output: string): Promise<string> {
    await this.tab.run(`document.getElementById(${JSON.stringify(output)}).textContent = ""`);
    await this.tab.page.click(`#${form} button[type=submit]`);
    await this.tab.until(`document.getElementById(${JSON.stringify(output)}).textContent`);
    return this.tab.text(output);
  }

  /** The accounts that were parsed: the rows of each table. */
  tables(): Promise<Record<string, string>[]> {
    return this.tab.run(`[...document.querySelectorAll("#accounts table")].map((table) =>
      Object.fromEntries([...table.rows].map((row) => [row.cells[0].textContent, row.cells[1].textContent])))`);
  }
}

/**
 * Runs tests in each browser, each test on a fresh page. An error that the page shows in its
 * console fails the test.
 */
export function inEachBrowser(tests: (playground: Playground) => void): void {
  describe.each(BROWSERS.filter(({ open }) => open))("in $name", ({ open }) => {
    const playground = new Playground();
    let server: Server;

    beforeAll(async () => {
      server = playgroundServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      playground.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      playground.tab = await (open as () => Promise<Tab>)();
    });

    afterAll(async () => {
      await playground.tab.close();
      server.closeAllConnections();
      server.close();
    });

    beforeEach(async () => {
      await playground.tab.page.goto(`${playground.address}/`);
      await playground.tab.until(`document.getElementById("code").textContent !== ""`);
    });

    afterEach(() => {
      expect(playground.tab.errors.splice(0)).toEqual([]);
    });

    tests(playground);
  });
}

interface VectorFile {
  readonly name: string;
  readonly rows: readonly object[];
}

export const VECTOR_FILES: readonly VectorFile[] = readdirSync(path.join(ROOT, "vectors"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => {
    const text = readFileSync(path.join(ROOT, "vectors", name), "utf8");
    const { rows } = JSON.parse(text) as { rows: object[] };
    return { name, rows };
  });
