export function betweenMarks(
  file: string,
  page: string,
  marks: readonly [begin: string, end: string],
  markdown: string,
): Promise<string>;
