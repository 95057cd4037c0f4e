import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi, IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable, ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  type ApiGatewayV2HttpApiMonitoringProps,
  type CustomThreshold,
  DefaultDashboardFactory,
  type DynamoTableGlobalSecondaryIndexMonitoringProps,
  type DynamoTableMonitoringProps,
  type LambdaFunctionMonitoringProps,
  MonitoringFacade,
  SnsAlarmActionStrategy,
} from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { tableShape } from '../functions/store/table-shape.ts';
import { closeHours, consumeStream, postConfirmation } from '../functions/triggers.ts';
import { type MonitoredQueues, monitorQueues } from './queue-monitoring.ts';
import type { ReferralMetrics } from './referral-metrics.ts';

export interface ReferralMonitoringProps {
  /** Name of the deployment. Alarms and the dashboard begin with it. */
  readonly name: string;
  readonly api: HttpApi;
  readonly table: ITableV2;
  /** Functions by file name. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly metrics: ReferralMetrics;
  readonly queues: MonitoredQueues;
  /** Whether there is a dashboard. */
  readonly dashboard: boolean;
  /** Topic for alarms. Without it, there are no alarms. */
  readonly topic?: ITopic | undefined;
  /** More requests than this in an hour raise an alarm. */
  readonly requestsPerHour?: number | undefined;
}

const ANY = { maxErrorCount: 0 };
const THROTTLED = { Warning: { maxThrottledEventsThreshold: 0 } };
/** Two periods of five minutes in a row. */
const TWICE = { evaluationPeriods: 2, datapointsToAlarm: 2 };
/**
 * Every failure of these is an alarm, because nobody may see the error. Work that fails in a queue stays there, and
 * the queue has alarms of its own.
 */
const UNSEEN: readonly string[] = [postConfirmation, consumeStream, closeHours].map(
  (trigger) => trigger.function,
);
/**
 * What Lambda refuses of these is lost. The others share the same concurrency; they are tried again, or somebody sees
 * the error: the gateway, whose 5xx raise an alarm, or the app's backend.
 */
const IRREPLACEABLE: readonly string[] = ['hit', postConfirmation.function];
/** Some $3 an hour. */
const REQUESTS_PER_HOUR = 1_000_000;
/** Six runs of the schedule. */
const MINUTES_BEHIND = 30;
const SLOW_CLICK = Duration.seconds(1);
/** By then, events are late. Counts lack the end of an hour that closed before the stream reached it. */
const STREAM_LAGS = {
  maxAgeInMillis: Duration.minutes(15).toMilliseconds(),
  treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
};

/** The dashboard, and the alarms in `docs/runbook.md`. */
export class ReferralMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: ReferralMonitoringProps) {
    super(scope, id);
    const { name, api, table, functions, metrics, queues, topic } = props;
    const { requestsPerHour = REQUESTS_PER_HOUR } = props;
    const alarming = topic !== undefined;
    /** Alarms need a topic. The explicit type of the options catches wrong names. */
    const alarm = <Options>(options: Partial<Options>) => (alarming ? options : {});
    /** The metric, with an alarm for any value above the most. */
    const atMost = (most: number, metric: Metric, alarmFriendlyName: string) =>
      alarming ? { metric, alarmFriendlyName, addAlarm: { Warning: above(most) } } : metric;
    const facade = new MonitoringFacade(this, 'Facade', {
      // Dashboard names must be unique in the account, over all regions.
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', {
        createDashboard: props.dashboard,
        dashboardNamePrefix: `${name}-${Stack.of(this).region}`,
      }),
      alarmFactoryDefaults: {
        actionsEnabled: alarming,
        alarmNamePrefix: name,
        // One period is enough, unless an alarm says otherwise.
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        ...(topic && { action: new SnsAlarmActionStrategy({ onAlarmTopic: topic }) }),
      },
    });

    facade.addLargeHeader('Referrals');
    facade.monitorCustom({
      alarmFriendlyName: 'Clicks',
      humanReadableName: 'Visitors',
      metricGroups: [
        {
          title: 'Clicks',
          metrics: (['human', 'bot', 'prefetch', 'own', 'expired'] as const).map((kind) =>
            metrics.clicks(kind, { label: kind }),
          ),
        },
        {
          title: 'Attribution',
          metrics: [metrics.actions(), metrics.attributionMisses(), metrics.linkedResponses()],
        },
        { title: 'Queued clicks', metrics: [atMost(0, metrics.queuedClicks(), 'Queued')] },
        {
          title: 'Counting',
          metrics: [
            metrics.unreadableRecords(),
            atMost(MINUTES_BEHIND, metrics.minutesBehind(), 'Behind'),
          ],
        },
      ],
    });
    facade.monitorCustom({
      alarmFriendlyName: 'Spending',
      humanReadableName: 'Spending',
      metricGroups: [
        {
          title: 'Requests an hour',
          metrics: [
            atMost(requestsPerHour, api.metricCount({ period: Duration.hours(1) }), 'Requests'),
          ],
        },
      ],
    });
    facade.monitorCustom({
      alarmFriendlyName: 'SignUps',
      humanReadableName: 'Users',
      metricGroups: [
        {
          title: 'Sign-ups without a link',
          metrics: [atMost(0, metrics.signUpFailures(), 'Failures')],
        },
      ],
    });
    facade.monitorApiGatewayV2HttpApi({
      api: api as IHttpApi,
      alarmFriendlyName: 'Api',
      ...alarm<ApiGatewayV2HttpApiMonitoringProps>({
        add5xxRateAlarm: { Critical: { maxErrorRate: 0.01, ...TWICE } },
      }),
    });
    for (const [file, lambdaFunction] of Object.entries(functions)) {
      facade.monitorLambdaFunction({
        lambdaFunction,
        humanReadableName: file,
        alarmFriendlyName: file,
        isIterator: file === consumeStream.function,
        ...alarm<LambdaFunctionMonitoringProps>({
          ...(IRREPLACEABLE.includes(file) && { addThrottlesCountAlarm: { Critical: ANY } }),
          ...(UNSEEN.includes(file) && { addFaultCountAlarm: { Critical: ANY } }),
          ...(file === 'hit' && {
            addLatencyP99Alarm: { Warning: { maxLatency: SLOW_CLICK, ...TWICE } },
          }),
          ...(file === consumeStream.function && {
            addMaxIteratorAgeAlarm: { Warning: STREAM_LAGS },
          }),
        }),
      });
    }
    monitorQueues(facade, queues, alarming);
    facade.monitorDynamoTable({
      table: table as ITable,
      alarmFriendlyName: 'Table',
      ...alarm<DynamoTableMonitoringProps>({
        addReadThrottledEventsCountAlarm: THROTTLED,
        addWriteThrottledEventsCountAlarm: THROTTLED,
      }),
    });
    facade.monitorDynamoTableGlobalSecondaryIndex({
      table: table as ITable,
      globalSecondaryIndexName: tableShape.index.name,
      alarmFriendlyName: 'Index',
      ...alarm<DynamoTableGlobalSecondaryIndexMonitoringProps>({
        addReadThrottledEventsCountAlarm: THROTTLED,
        addWriteThrottledEventsCountAlarm: THROTTLED,
      }),
    });
  }
}

const above = (threshold: number): CustomThreshold => ({
  threshold,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // A metric has no data while its value is 0.
  treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
});
