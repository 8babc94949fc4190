const BUCKET = 15 * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(zone, made);
  return made;
};

/** Offset of an IANA zone from UTC at an instant, in minutes (Moscow: 180). Zones change only at quarter hours, so buckets are kept. */
export function zoneOffsetMinutes(at: number, zone: string): number {
  const bucket = Math.floor(at / BUCKET) * BUCKET;
  const key = `${zone} ${bucket}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(bucket)) part[type] = Number(value);
  const local = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute);
  const offset = (local - bucket) / 60_000;
  if (offsets.size > 50_000) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

/** Local time text `YYYY-MM-DD HH:MM:SS` of an instant in an IANA zone. */
export function localText(at: number, zone: string): string {
  return new Date(at + zoneOffsetMinutes(at, zone) * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** ISO text with milliseconds and an offset without a colon: `2019-04-23T22:22:44.134+0700`. */
export function offsetText(at: number, zone: string): string {
  const offset = zoneOffsetMinutes(at, zone);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  const local = new Date(at + offset * 60_000).toISOString().slice(0, 23);
  return `${local}${offset < 0 ? '-' : '+'}${hours}${minutes}`;
}
