/** Faults of YAML in words that need no grammar of it. */

const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab stands where blanks must: indent with blanks',
  BAD_INDENT: 'this line is indented too little or too much, or a bracket or brace that was opened before is not closed',
  MISSING_CHAR: 'something is missing here: a colon with a blank after a key, a comma in a list, or the end of a quote, bracket or brace',
  UNEXPECTED_TOKEN: 'this cannot stand here: look for a quote, bracket or brace too many, or a line that is indented wrongly',
  BLOCK_AS_IMPLICIT_KEY:
    'a key and its value stand where a value alone may: put quotes round a text with ": " in it, look for a colon that is missing after the first word, or begin a new line',
  BLOCK_IN_FLOW: 'inside brackets and braces a comma must stand between two entries, and nothing is written in indented lines',
  BAD_SCALAR_START: 'a text cannot begin with this sign: put quotes round it',
  BAD_ALIAS: 'an alias (*name) names nothing that was marked before (&name); a text that begins with * needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line: perhaps a colon with a blank is missing after it',
  BAD_DQ_ESCAPE: 'in double quotes a backslash begins an escape: double it, or use single quotes',
  TAG_RESOLVE_FAILED: 'tags (!name) are not known here: put quotes round a text that begins with "!"',
  MULTIPLE_DOCS: 'one file is one document: take away this line of three dashes or dots',
  MULTIPLE_ANCHORS: 'a value is marked (&name) more than once: take the marks away',
  NON_STRING_KEY: 'a key must be a plain word: no list, no braces',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  BAD_DIRECTIVE: 'a line cannot begin with "%": put quotes round it',
};

/** The library's code and message as a person who knows no YAML can read them. */
export function yamlWords(code: string, message: string): string {
  // The parser's own words never quote more than a key or a sign.
  return WORDS[code] ?? message.replace(/ at line \d+.*$/s, '').split('\n')[0] ?? message;
}
