import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { type BusEvent, putEvents } from '../../local/event-bus.ts';

export interface EventBus {
  readonly endpoint: string;
  /** The events it took, in order. */
  readonly events: BusEvent[];
  /** Whether it takes an event of a call. The others come back as failed. */
  takes: (event: BusEvent) => boolean;
  /** Decides whether a call gets an answer, or its connection is cut before or after it takes the events. */
  decide: () => 'pass' | 'cut' | 'cut-after';
  readonly stop: () => void;
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
const REFUSED = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };

/** Starts an event bus that keeps the events it takes. A test can tell it to refuse some. */
export async function startEventBus(): Promise<EventBus> {
  const server = createServer(async (request, response) => {
    const { Entries = [] } = (await json(request)) as PutEventsRequest;
    const fate = bus.decide();
    if (fate === 'cut') return void request.socket.destroy();
    let FailedEntryCount = 0;
    const answers = Entries.map((entry) => {
      const events: BusEvent[] = [];
      const { Entries: answered = [] } = putEvents({ Entries: [entry] }, (event) =>
        events.push(event),
      );
      if (!events.every(bus.takes)) {
        FailedEntryCount += 1;
        return REFUSED;
      }
      bus.events.push(...events);
      return answered[0];
    });
    if (fate === 'cut-after') return void request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedEntryCount, Entries: answers }));
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bus: EventBus = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: [],
    takes: () => true,
    decide: () => 'pass',
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return bus;
}
