import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import DataLoader from 'dataloader';
import type { ReferralEvent } from '../core/events.ts';

const SOURCE = 'cdk-referrals';
/** Maximum number of entries in one call, see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

// Milliseconds: a connection that hangs must not hold up the stream.
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
  throwOnRequestTimeout: true,
};

/**
 * Makes a publisher. It puts an event on the bus together with others, and throws if the bus does not accept
 * it.
 */
export function eventPublisher(
  EventBusName: string | undefined,
): (event: ReferralEvent) => Promise<void> {
  const client = new EventBridgeClient({ requestHandler });

  async function putEvents(events: readonly ReferralEvent[]): Promise<(undefined | Error)[]> {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName,
          Source: SOURCE,
          DetailType: type,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    return Entries.map(({ ErrorCode, ErrorMessage }) =>
      ErrorCode === undefined ? undefined : new Error(`${ErrorCode}: ${ErrorMessage}`),
    );
  }

  const loader = new DataLoader(putEvents, { cache: false, maxBatchSize: MAX_ENTRIES });
  return (event) => loader.load(event);
}
