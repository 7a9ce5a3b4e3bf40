const PAGE_MAX = 100_000

/** A page that can be asked of the database: whole, 1 to 100,000, whatever the address bar says. */
export function pageNumber(page: number | undefined): number {
  const whole = Math.floor(page ?? 1)
  return Number.isNaN(whole) ? 1 : Math.min(PAGE_MAX, Math.max(1, whole))
}
