/** Names of files in exchange directories, where others put what they like. */
import { escapeForTerminal } from './redact.ts';

/** Names a device, a shell or a listing could read otherwise than we do are refused, and those whose bytes are no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const UNSAFE = /[\u0000-\u001f\u007f/\\:*?"<>|\ufffd]/;

const LONGEST = 200;

/** Whether a file of this name may be made, looked at or opened: one plain path segment that is not hidden. */
export function isPlainFileName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && name.length <= LONGEST && !UNSAFE.test(name);
}

/** A name for messages: a plain one as it is, any other cut and escaped, so that nothing in it is taken for ours. */
export function shownFileName(name: string): string {
  return isPlainFileName(name) ? name : escapeForTerminal(JSON.stringify(name.slice(0, LONGEST)));
}
