/** Where a URL, an error or a person's value becomes text. */

const SECRET_NAMES = /^(apikey|token|psw|password|code|authorization|secret)$/i;

/** The URL with secret query values replaced: what may be shown and logged. Unparseable text is not shown at all. */
export function redactUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return '(unreadable address)';
  }
  parsed.username = '';
  parsed.password = '';
  if (parsed.search !== '') {
    parsed.search = `?${[...parsed.searchParams.keys()].map((name) => `${name}=${SECRET_NAMES.test(name) ? '***' : '…'}`).join('&')}`;
  }
  return decodeURI(parsed.toString());
}

/** Replaces every occurrence of the given secrets in a text. Secrets shorter than four characters are not worth hiding by search. */
export function redactSecrets(text: string, secrets: Iterable<string>): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) result = result.replaceAll(form, '***');
  }
  return result;
}

/** `+79131234567` → `+7•••••4567`; `ivan@mail.ru` → `i•••@mail.ru`; other text keeps its first letter. */
export function maskPersonal(value: string): string {
  if (/^\+?\d{7,}$/.test(value)) {
    const keep = value.startsWith('+') ? 2 : 1;
    return `${value.slice(0, keep)}${'•'.repeat(Math.max(3, value.length - keep - 4))}${value.slice(-4)}`;
  }
  const at = value.indexOf('@');
  if (at > 0) return `${value.slice(0, 1)}•••${value.slice(at)}`;
  return value === '' ? '' : `${[...value][0]}•••`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is this function's purpose
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Vendor text for a terminal: control and bidi characters become visible escapes. */
export function escapeForTerminal(text: string): string {
  return text.replace(HOSTILE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
