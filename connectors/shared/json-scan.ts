/** Walks over JSON in bytes without making anything of it. UTF-8 needs no decoding: no byte of a longer character is a sign of JSON. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** A text in the body, its quotes included. */
export interface ScannedText {
  readonly start: number;
  readonly end: number;
  /** It holds an escape, so that its bytes are not what it says. */
  readonly escaped: boolean;
}

/** A position in a body. Every method that fails leaves it anywhere: the walk is over. */
export class JsonScan {
  readonly body: Buffer;
  at = 0;
  /** The text that was passed last holds an escape. */
  private escaped = false;

  constructor(body: Buffer) {
    this.body = body;
  }

  /** The position of the next sign. */
  next(): number {
    const { body } = this;
    let { at } = this;
    for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at]) at += 1;
    this.at = at;
    return at;
  }

  /** Passes a sign, if it is the next one. */
  take(sign: '{' | '}' | '[' | ']' | ':' | ','): boolean {
    if (this.body[this.next()] !== sign.charCodeAt(0)) return false;
    this.at += 1;
    return true;
  }

  /** Passes a text. */
  text(): ScannedText | null {
    const start = this.next();
    if (this.body[start] !== QUOTE || !this.skipText()) return null;
    return { start, end: this.at, escaped: this.escaped };
  }

  /** Passes a value of any kind; whether it is well-formed inside is not looked at. */
  skip(): boolean {
    const { body } = this;
    const first = body[this.next()];
    if (first === QUOTE) return this.skipText();
    if (first === OPEN || first === OPEN_LIST) return this.skipNested();
    const from = this.at;
    let { at } = this;
    for (let byte = body[at]; byte !== undefined && byte !== COMMA && byte !== CLOSE && byte !== CLOSE_LIST && byte !== COLON; byte = body[at]) at += 1;
    this.at = at;
    return at > from;
  }

  private skipText(): boolean {
    const { body } = this;
    this.escaped = false;
    for (let at = this.at + 1; at < body.length; at += 1) {
      const byte = body[at];
      if (byte === QUOTE) {
        this.at = at + 1;
        return true;
      }
      if (byte !== BACKSLASH) continue;
      this.escaped = true;
      at += 1;
    }
    return false;
  }

  private skipNested(): boolean {
    const { body } = this;
    let depth = 0;
    for (let at = this.at; at < body.length; at += 1) {
      const byte = body[at];
      if (byte === QUOTE) {
        this.at = at;
        if (!this.skipText()) return false;
        at = this.at - 1;
      } else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
      else if (byte === CLOSE || byte === CLOSE_LIST) {
        depth -= 1;
        if (depth > 0) continue;
        this.at = at + 1;
        return true;
      }
    }
    return false;
  }
}
