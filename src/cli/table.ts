/** Tables for people: columns as wide as what stands in them, and no rules between them. */
import { stripVTControlCharacters } from "node:util";
import { type Paint, pad } from "./terminal.ts";

/** A line each, the titles first. Cells may be coloured. */
export function tableLines(titles: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => stripVTControlCharacters(row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [paint("bold", line(titles)), ...rows.map(line)];
}
