/** The value; null when it fails or takes longer than `maxMs`. */
export async function inTime<T>(
  work: Promise<T>,
  maxMs: number,
): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, maxMs, null)
  })
  const done = work.catch(() => null)
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}
