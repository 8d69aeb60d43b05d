/**
 * The access line of Kong's nginx (Kong/kong `kong/templates/nginx_kong.lua`):
 *
 *   ADDR - USER [10/Oct/2000:13:55:36 -0700] "REQUEST" STATUS BYTES "REFERER" "AGENT" kong_request_id: "ID"
 *
 * It names neither consumer nor route and every request has one beside its serializer record, so it is left out by
 * name; it is recognised to be able to say so.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ID = ' kong_request_id: "';
const LOCAL_TIME = /^(\d\d)\/([A-Z][a-z][a-z])\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/;
/** An address and a user's name stand before the time. */
const MAX_HEAD = 512;
/** The id and its quotes. */
const MAX_TAIL = 128;

/** True for a line with Kong's own ending: enough to know it wherever it comes from. */
export function endsWithRequestId(line: string): boolean {
  return line.slice(-MAX_TAIL).includes(ID) && timeOfAccessLine(line) !== undefined;
}

/** RFC 3339; undefined where the line does not begin as an access line does. */
export function timeOfAccessLine(line: string): string | undefined {
  const head = line.slice(0, MAX_HEAD);
  const open = head.indexOf(' [');
  if (open < 0 || head.slice(open + 28, open + 31) !== '] "') return undefined;
  const match = LOCAL_TIME.exec(head.slice(open + 2, open + 28));
  const month = MONTHS.indexOf(match?.[2] ?? '') + 1;
  if (match === null || month === 0) return undefined;
  const [, day, , year, time, hours, minutes] = match;
  return `${year}-${String(month).padStart(2, '0')}-${day}T${time}${hours}:${minutes}`;
}
