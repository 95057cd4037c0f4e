import { randomUUID } from 'node:crypto';
import type { PutEventsRequest, PutEventsResponse } from '@aws-sdk/client-eventbridge';

/** An event as the app's own code gets it. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is printed, whatever it is
  readonly detail: any;
}

/** What requests call the one operation there is. */
export const PUT_EVENTS = 'AWSEvents.PutEvents';

/** As much of EventBridge as putting events needs: it takes them all and hands each on. */
export function putEvents(
  { Entries = [] }: PutEventsRequest,
  onEvent: (event: BusEvent) => void,
): PutEventsResponse {
  for (const { Source = '', DetailType = '', Detail = '{}' } of Entries) {
    onEvent({ source: Source, detailType: DetailType, detail: JSON.parse(Detail) });
  }
  return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) };
}
