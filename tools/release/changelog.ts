// CHANGELOG.md by its sections. A version in the making has "unreleased" for its date.

export interface Section {
  readonly version: string;
  readonly date: string;
  /** Without the heading. */
  readonly text: string;
}

/** The sections of a changelog, the newest first. */
export function sectionsOf(changelog: string): Section[] {
  const [, ...parts] = changelog.split(/^## /m);
  return parts.map((part) => {
    const [, version = "", date = "", text = ""] = /^(\S+) - (.*)\n([^]*)$/.exec(part) ?? [];
    return { version, date, text: text.trim() };
  });
}
