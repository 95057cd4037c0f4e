/** How much is kept of the address of the page before. */
export const refererModes = ['path', 'origin', 'none'] as const;
export type RefererMode = (typeof refererModes)[number];

/** Schemes of pages, and of Android's apps, see https://developer.android.com/reference/android/content/Intent#EXTRA_REFERRER */
const PAGE = /^(https?|android-app):$/;

/**
 * Reduces the address of the page before to the part that is kept. Its query and fragment never are, because
 * they may contain secrets.
 *
 * @returns undefined if nothing is kept.
 * @example keptReferer('https://blog.example.com/post?token=x', 'path') // 'https://blog.example.com/post'
 */
export function keptReferer(referer: string, mode: RefererMode): string | undefined {
  const url = URL.parse(referer);
  if (mode === 'none' || url === null || !PAGE.test(url.protocol)) return undefined;
  return `${url.protocol}//${url.host}${mode === 'path' ? url.pathname : '/'}`;
}
