// The declarations reachable from the package's subpaths, and no others: those that a subpath
// exports, and those that they need.
import { readFileSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

import { ROOT } from "./faces.ts";

/** What a source declares, and which of its names are needed, including `default`. */
interface Source {
  readonly statements: readonly ts.Statement[];
  readonly needed: Set<string>;
}

/**
 * One source's declarations. Its exports have their types written out, so no other file is read for
 * them.
 */
function emit(source: string): readonly ts.Statement[] {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(path.join(ROOT, source), "utf8"), {
    fileName: source,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      declaration: true,
      isolatedDeclarations: true,
      stripInternal: true,
      strict: true,
    },
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  const text = outputText
    .replace(/^ *static \[Symbol\.hasInstance\]: .*\n/gm, "") // TypeScript 6.0 writes it here too, internal or not
    .replace(/^( {4})+/gm, (spaces) => spaces.slice(spaces.length / 2));
  return ts.createSourceFile(source, text, ts.ScriptTarget.ES2022, true).statements;
}

/**
 * The names of `import { … } from` or `export { … } from`: what each is here, and what it is there.
 */
function specifiers(statement: ts.Statement): readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] {
  const list = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : ts.isExportDeclaration(statement) && statement.exportClause;
  return list && "elements" in list ? [...list.elements] : [];
}

function nameThere(specifier: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (specifier.propertyName ?? specifier.name).text;
}

/** The source that a statement imports from. */
function origin(statement: ts.Statement, source: string): string | undefined {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return undefined;
  const { moduleSpecifier } = statement;
  if (!moduleSpecifier) return undefined;
  return path.posix.join(path.posix.dirname(source), (moduleSpecifier as ts.StringLiteral).text);
}

/** The names that a statement declares. */
function declared(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => (name as ts.Identifier).text);
  }
  const { name } = statement as { name?: ts.Identifier };
  return name ? [name.text] : [];
}

/**
 * @param faces - The sources whose exports are all needed.
 * @param rename - What a source is imported as, in the declarations of another.
 * @returns The text for each source that is reached.
 */
export function reachedDeclarations(
  faces: readonly string[],
  rename: (source: string, from: string) => string,
): ReadonlyMap<string, string> {
  const sources = new Map<string, Source>();
  const read = (source: string): Source => {
    const known = sources.get(source) ?? { statements: emit(source), needed: new Set() };
    sources.set(source, known);
    return known;
  };

  /** By name only: an extra declaration is better than a missing one. */
  const need = (source: string, name: string): void => {
    const { statements, needed } = read(source);
    if (needed.has(name)) return;
    needed.add(name);
    for (const statement of statements) {
      const from = origin(statement, source);
      for (const specifier of specifiers(statement)) {
        if (specifier.name.text === name) need(from ?? source, nameThere(specifier));
      }
      if (declared(statement).includes(name)) needIdentifiers(source, statement);
    }
  };
  const needIdentifiers = (source: string, node: ts.Node): void => {
    if (ts.isIdentifier(node)) need(source, node.text);
    ts.forEachChild(node, (child) => {
      needIdentifiers(source, child);
    });
  };

  for (const face of faces) {
    for (const statement of read(face).statements) {
      for (const { name } of ts.isExportDeclaration(statement) ? specifiers(statement) : []) need(face, name.text);
      for (const name of declared(statement)) need(face, name);
    }
  }

  const textOf = (source: string, { statements, needed }: Source): string =>
    statements.map((statement) => print(statement, source, needed)).join("");
  const print = (statement: ts.Statement, source: string, needed: ReadonlySet<string>): string => {
    const from = origin(statement, source);
    const names = specifiers(statement).filter(({ name }) => needed.has(name.text));
    if (from !== undefined) {
      const word = ts.isImportDeclaration(statement) ? "import" : "export";
      const isType = ts.isImportDeclaration(statement)
        ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : (statement as ts.ExportDeclaration).isTypeOnly;
      const list = names.map((name) => name.getText()).join(", ");
      return list && `${word} ${isType ? "type " : ""}{ ${list} } from "${rename(from, source)}";\n`;
    }
    const isNeeded = ts.isExportDeclaration(statement) || declared(statement).some((name) => needed.has(name));
    return isNeeded ? `${statement.getFullText().trim()}\n` : "";
  };
  return new Map([...sources].map(([source, file]) => [source, textOf(source, file)]));
}
