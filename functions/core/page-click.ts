import { type Click, type ClickServices, recordClick } from './click.ts';
import { unknownCode } from './errors.ts';
import { type LinkingServices, linkSession } from './link.ts';

/** Services to record a click that a page tells. */
type PageClickServices = Omit<ClickServices, 'inTime' | 'queueClick'> & LinkingServices;

/**
 * Records that a visitor arrived at a page of the app by `?ref=`. The click of a signed-in user is theirs at once.
 *
 * @returns the visitor's session; undefined for a machine, and for a visitor who asked for none.
 * @throws ReferralsError `unknown_code` if the link does not exist, has expired or is stopped, or `unavailable`.
 */
export async function recordPageClick(
  services: PageClickServices,
  click: Omit<Click, 'via' | 'redirectTo'>,
): Promise<string | undefined> {
  // Unlike the redirect, a page can try again later, and a visitor without a session would be lost.
  await services.keys.ofSessions();
  const { outcome, session } = await recordClick(
    { ...services, inTime: (promise) => promise, queueClick: undefined },
    { ...click, via: 'page', redirectTo: undefined },
  );
  if (outcome === 'expired') throw unknownCode();
  const { userId } = click;
  if (session !== undefined && userId !== undefined) await linkSession(services, session, userId);
  return session;
}
