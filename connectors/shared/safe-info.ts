/** The vendor's error text without what may belong to a person: quoted words, e-mail addresses, long numbers; at most 120 characters. */
export function safeInfo(info: string): string {
  const cut = info
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[«"'„“‘][^«»"'„“”‘’]*[»"'“”’]/g, (quoted) => (/^.[\w.-]{1,40}.$/.test(quoted) && !/\d{5}/.test(quoted) ? quoted : '…'))
    .replace(/\S+@\S+/g, '…')
    .replace(/\+?\d(?:[\s()-]*\d){4,}/g, '…')
    .trim();
  return cut.length > 120 ? `${cut.slice(0, 119)}…` : cut;
}
