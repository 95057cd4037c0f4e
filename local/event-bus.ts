import { randomUUID } from 'node:crypto';
import type { PutEventsRequest, PutEventsResponse } from '@aws-sdk/client-eventbridge';

/** An event as the app's own code receives it. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is printed, whatever it is
  readonly detail: any;
}

/** Name of the only operation, as in requests. */
export const PUT_EVENTS = 'AWSEvents.PutEvents';

/** Puts events as EventBridge does: accepts all of them and hands each one on. */
export function putEvents(
  { Entries = [] }: PutEventsRequest,
  onEvent: (event: BusEvent) => void,
): PutEventsResponse {
  for (const { Source = '', DetailType = '', Detail = '{}' } of Entries) {
    onEvent({ source: Source, detailType: DetailType, detail: JSON.parse(Detail) });
  }
  return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) };
}
