/** Rows as the text that LOAD DATA reads, written straight into bytes: most of a first load passes through here. */
import { assertValues, type Value } from './dialect.ts';
import type { Cells } from './rows.ts';

/** Bytes of one network packet. */
const PIECE = 128 * 1024;
/** Pieces that wait for their next use. More than the loads of one process fill at one time gain nothing. */
const KEPT = 32;
const kept: Buffer[] = [];

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL must be escaped too
const SPECIAL = /[\\\t\n\r\u0000]/;
/** Up to here a loop over the characters takes less than the call of a native function. */
const SHORT = 24;

const [NUL, TAB, NEWLINE, RETURN, BACKSLASH] = [0, 9, 10, 13, 92];
const [LETTER_N, LETTER_R, LETTER_T, LETTER_NULL, DIGIT_0] = [110, 114, 116, 78, 48];

/** Fields ended by tabs, lines by newlines; special characters behind a backslash, `\N` for NULL; UTF-8. */
export class LoadText implements Cells {
  /** Full pieces; `end` adds the last one. */
  readonly pieces: Buffer[] = [];
  /** Bytes in the full pieces. */
  bytes = 0;
  private piece: Buffer = kept.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  private at = 0;
  private inLine = false;

  add(value: Value): void {
    if (this.inLine) this.byte(TAB);
    this.inLine = true;
    if (typeof value === 'string') this.text(value);
    else if (value === null) {
      this.byte(BACKSLASH);
      this.byte(LETTER_NULL);
    } else {
      if (!Number.isFinite(value)) assertValues([value]);
      this.text(String(value));
    }
  }

  endLine(): void {
    this.byte(NEWLINE);
    this.inLine = false;
  }

  end(): readonly Buffer[] {
    if (this.at > 0) this.close();
    return this.pieces;
  }

  /** Gives the pieces back when they are sent. None of them may be read any more. */
  release(): void {
    for (const piece of [...this.pieces, this.piece]) {
      if (kept.length < KEPT && piece.buffer.byteLength === PIECE) kept.push(Buffer.from(piece.buffer));
    }
    this.pieces.length = 0;
  }

  private byte(code: number): void {
    this.room(1);
    this.piece[this.at] = code;
    this.at += 1;
  }

  private text(value: string): void {
    const { length } = value;
    this.room(length * 3);
    if (length > SHORT && !SPECIAL.test(value)) this.at += this.piece.write(value, this.at);
    else this.escaped(value);
  }

  private escaped(value: string): void {
    const { length } = value;
    const { piece } = this;
    let { at } = this;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code < 0x80) {
        if (code <= RETURN || code === BACKSLASH) {
          const letter = escapeOf(code);
          if (letter !== 0) piece[at++] = BACKSLASH;
          piece[at++] = letter === 0 ? code : letter;
        } else piece[at++] = code;
      } else if (code < 0x800) {
        piece[at++] = 0xc0 | (code >> 6);
        piece[at++] = 0x80 | (code & 0x3f);
      } else if ((code & 0xf800) === 0xd800) {
        const whole = value.codePointAt(index) as number;
        // Half of a pair is no character: as everywhere in Node, it becomes U+FFFD.
        if (whole < 0x10000 || code >= 0xdc00) {
          at = three(piece, at, 0xfffd);
        } else {
          index += 1;
          piece[at++] = 0xf0 | (whole >> 18);
          piece[at++] = 0x80 | ((whole >> 12) & 0x3f);
          piece[at++] = 0x80 | ((whole >> 6) & 0x3f);
          piece[at++] = 0x80 | (whole & 0x3f);
        }
      } else at = three(piece, at, code);
    }
    this.at = at;
  }

  /** Makes sure that so many bytes fit into the piece. */
  private room(bytes: number): void {
    if (this.at + bytes <= this.piece.length) return;
    if (this.at > 0) this.close();
    if (this.piece.length < bytes) this.piece = Buffer.allocUnsafeSlow(bytes);
  }

  private close(): void {
    this.pieces.push(this.piece.subarray(0, this.at));
    this.bytes += this.at;
    this.piece = kept.pop() ?? Buffer.allocUnsafeSlow(PIECE);
    this.at = 0;
  }
}

/** The letter that stands for a special character behind a backslash; 0 for what is not special. */
function escapeOf(code: number): number {
  if (code === BACKSLASH) return BACKSLASH;
  if (code === NEWLINE) return LETTER_N;
  if (code === TAB) return LETTER_T;
  if (code === RETURN) return LETTER_R;
  return code === NUL ? DIGIT_0 : 0;
}

function three(piece: Buffer, at: number, code: number): number {
  piece[at] = 0xe0 | (code >> 12);
  piece[at + 1] = 0x80 | ((code >> 6) & 0x3f);
  piece[at + 2] = 0x80 | (code & 0x3f);
  return at + 3;
}
