import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { startEventBus } from './event-bus.ts';

test('a bus keeps the events it takes, reports the others as failed, and may lose its answer', async () => {
  const bus = await startEventBus();
  onTestFinished(bus.stop);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const { endpoint } = bus;
  const client = new EventBridgeClient({ endpoint, region: 'local', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const put = (...ids: number[]) =>
    client.send(
      new PutEventsCommand({
        Entries: ids.map((id) => ({ Source: 's', DetailType: 'T', Detail: `{"id":${id}}` })),
      }),
    );

  bus.takes = ({ detail }) => detail.id !== 2;
  const { FailedEntryCount, Entries } = await put(1, 2, 3);
  const taken = { EventId: expect.any(String) };
  const refused = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
  expect({ FailedEntryCount, Entries }).toEqual({
    FailedEntryCount: 1,
    Entries: [taken, refused, taken],
  });
  bus.decide = () => 'cut-after';
  await expect(put(4)).rejects.toThrow();
  bus.decide = () => 'cut';
  await expect(put(5)).rejects.toThrow();
  expect(bus.events.map(({ detail }) => detail.id)).toEqual([1, 3, 4]);
});
