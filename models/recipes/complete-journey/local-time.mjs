// Till times. The parquet stores them in UTC, the shops are in the eastern United States: in UTC the busiest hour is
// 22:00 and a fifth of a day's coupons fall on the wrong day; in New York time every line is of 2017.

const zone = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const HOUR = 3_600_000;
const offsets = new Map(); // UTC hour -> milliseconds to add; summer time changes on the hour

/** @param {Date} date @returns {string} "YYYY-MM-DD HH:MM:SS" on the shop's clock */
export function localTime(date) {
  const hour = Math.floor(date.getTime() / HOUR);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    const part = Object.fromEntries(
      zone.formatToParts(hour * HOUR).map(({ type, value }) => [type, Number(value)]),
    );
    offset =
      Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) -
      hour * HOUR;
    offsets.set(hour, offset);
  }
  return new Date(date.getTime() + offset).toISOString().slice(0, 19).replace('T', ' ');
}

/** @param {Date} date @returns {string} "YYYY-MM-DD" on the shop's clock */
export const localDay = (date) => localTime(date).slice(0, 10);
