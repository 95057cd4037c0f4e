import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type {
  MonitoringFacade,
  SqsQueueMonitoringOptions,
  SqsQueueMonitoringWithDlqProps,
} from 'cdk-monitoring-constructs';
import type { RetryQueue } from './retry-queue.ts';

export interface MonitoredQueues {
  readonly clicks: RetryQueue;
  readonly signUps: RetryQueue;
  readonly streamDeadLetters: Queue;
}

const SILENCE_IS_FINE = { treatMissingDataOverride: TreatMissingData.NOT_BREACHING };
const EMPTY = { maxMessageCount: 0, ...SILENCE_IS_FINE };
/** The second try has failed, too. */
const LONG_FOR_A_CLICK = { maxAgeInSeconds: Duration.minutes(4).toSeconds(), ...SILENCE_IS_FINE };

/** Monitors the queues, because their messages must not be lost. Adds alarms if `alarming`. */
export function monitorQueues(
  facade: MonitoringFacade,
  { clicks, signUps, streamDeadLetters }: MonitoredQueues,
  alarming: boolean,
): void {
  const alarm = <Options>(options: Partial<Options>) => (alarming ? options : {});
  facade.monitorSqsQueueWithDlq({
    queue: clicks.queue,
    deadLetterQueue: clicks.deadLetters,
    humanReadableName: 'Clicks to store',
    alarmFriendlyName: 'ClickQueue',
    ...alarm<SqsQueueMonitoringWithDlqProps>({
      addQueueMaxMessageAgeAlarm: { Warning: LONG_FOR_A_CLICK },
      addDeadLetterQueueMaxSizeAlarm: { Critical: EMPTY },
    }),
  });
  facade.monitorSqsQueueWithDlq({
    queue: signUps.queue,
    deadLetterQueue: signUps.deadLetters,
    humanReadableName: 'Sign-ups to try again',
    alarmFriendlyName: 'SignUpQueue',
    ...alarm<SqsQueueMonitoringWithDlqProps>({
      addDeadLetterQueueMaxSizeAlarm: { Critical: EMPTY },
    }),
  });
  facade.monitorSqsQueue({
    queue: streamDeadLetters,
    humanReadableName: 'Dead letters of the stream',
    alarmFriendlyName: 'StreamDeadLetters',
    ...alarm<SqsQueueMonitoringOptions>({ addQueueMaxSizeAlarm: { Critical: EMPTY } }),
  });
}
