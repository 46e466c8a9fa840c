/**
 * A command as a person writes it, split into words without a shell: quotes and backslashes mean what they mean in one,
 * and nothing else has a meaning.
 */

/** The words; null where a quote is not closed, or there is no word. */
export function commandWords(text: string): readonly [string, ...string[]] | null {
  const words: string[] = [];
  // A word is a row of pieces: plain text, 'as it is', "with backslashes for \ and \"", or a character behind a backslash.
  const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/gsuy;
  let word: string | null = null;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (match === null) return null;
    const [, single, double, escaped, plain, blank] = match;
    if (blank === undefined) {
      word = (word ?? "") + (single ?? double?.replaceAll(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? "");
    } else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (word !== null) words.push(word);
  const [program, ...args] = words;
  return program === undefined || program === "" ? null : [program, ...args];
}
