import type { BusEvent } from './event-bus.ts';

/** Formats an event as one line. It has only the first characters of the ids of users and sessions. */
export function eventLine({ detailType, detail }: BusEvent): string {
  const { code, action, kind, referrer, visitor, session, redirectTo } = detail;
  const parts = [
    detailType.padEnd('UserLinkedToResponse'.length),
    kind && kind !== 'human' ? `${action} (${kind})` : action,
    `code ${code}`,
    redirectTo && `to ${redirectTo}`,
    referrer && `referrer ${short(referrer)}`,
    visitor && `visitor ${visitor.type} ${short(visitor.id)}`,
    session && `session ${short(session)}`,
  ];
  return `  event  ${parts.filter(Boolean).join('  ')}`;
}

const short = (id: string): string => (id.length > 12 ? `${id.slice(0, 8)}…` : id);
