import type { CountedReferral } from '../core/counting.ts';
import type { Counts } from '../core/counts.ts';
import type { Response } from '../core/response.ts';
import type { Stats } from '../core/stats.ts';
import type { Page } from '../core/store.ts';
import type { EdgeSettings } from '../setup/settings.ts';
import type { HttpAnswer } from './http-handler.ts';

/** A JSON answer. It is about one user, so nothing on the way may keep it. */
export const json = (statusCode: number, body: unknown): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** A page with each of its items as it is answered. */
export const pageOf = <Item, Answer>(
  { items, nextCursor }: Page<Item>,
  answer: (item: Item) => Answer,
) => ({ items: items.map(answer), nextCursor });

/** A referral as it is answered. */
export const referralAnswer = (referral: CountedReferral, { apiUrl }: EdgeSettings) => ({
  code: referral.code,
  url: `${apiUrl}/r/${referral.code}`,
  userId: referral.userId ?? null,
  label: referral.label ?? null,
  redirectTo: referral.redirectTo,
  target: referral.target ?? null,
  createdAt: referral.createdAt,
  expiresAt: referral.expiresAt ?? null,
  clicks: referral.clicks,
  uniqueVisitors: referral.uniqueVisitors,
});

/** A response as it is answered: never with an IP, a session or a user agent. */
export const responseAnswer = (response: Response, { actionDisplay }: EdgeSettings) => ({
  id: response.id,
  code: response.code,
  action: response.action,
  actionDisplay: actionDisplay.get(response.action) ?? response.action,
  kind: response.kind,
  first: response.first,
  userId: response.userId ?? null,
  target: response.target ?? null,
  httpReferer: response.httpReferer ?? null,
  createdAt: response.createdAt,
});

/** Stats as they are answered. */
export const statsAnswer = ({ range, totals, series }: Stats) => ({
  from: new Date(range.from).toISOString(),
  to: new Date(range.to).toISOString(),
  interval: range.interval,
  timeZone: range.timeZone,
  totals: countsAnswer(totals),
  series: series.map(({ start, counts }) => ({
    start: new Date(start).toISOString(),
    ...countsAnswer(counts),
  })),
});

const countsAnswer = ({ actions, ...counts }: Counts) => ({
  ...counts,
  actions: Object.fromEntries([...actions].filter(([, count]) => count !== 0)),
});
