import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi, IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
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
import {
  closeHours,
  consumeStream,
  postConfirmation,
  retrySignUp,
  storeClick,
} from '../functions/triggers.ts';
import { type MonitoredQueues, monitorQueues } from './queue-monitoring.ts';
import type { ReferralMetrics } from './referral-metrics.ts';

export interface ReferralMonitoringProps {
  readonly api: HttpApi;
  readonly table: TableV2;
  /** By file. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly metrics: ReferralMetrics;
  readonly queues: MonitoredQueues;
  /** Where alarms are sent; without it there are none. */
  readonly topic?: ITopic | undefined;
}

const ANY = { maxErrorCount: 0 };
const THROTTLED = { Warning: { maxThrottledEventsThreshold: 0 } };
/** Two periods of five minutes in a row. */
const TWICE = { evaluationPeriods: 2, datapointsToAlarm: 2 };
/** Where nobody waits for the answer, or nobody may get to see the error, a function that fails is an alarm. */
const UNSEEN: readonly string[] = [
  postConfirmation,
  retrySignUp,
  storeClick,
  consumeStream,
  closeHours,
].map((trigger) => trigger.function);
const SLOW_CLICK = Duration.seconds(1);
/** Events are late by then, and counts lack the end of an hour that was closed before it was seen. */
const STREAM_LAGS = {
  maxAgeInMillis: Duration.minutes(15).toMilliseconds(),
  treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
};

/** A dashboard, and the alarms of `docs/runbook.md`. */
export class ReferralMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: ReferralMonitoringProps) {
    super(scope, id);
    const { api, table, functions, metrics, queues, topic } = props;
    const alarming = topic !== undefined;
    /** Only with a topic are there alarms; the options' type is given, so that a name that is wrong is seen. */
    const alarm = <Options>(options: Partial<Options>) => (alarming ? options : {});
    /** The metric, of which any at all is an alarm. */
    const none = (metric: Metric, alarmFriendlyName: string) =>
      alarming ? { metric, alarmFriendlyName, addAlarm: { Warning: ANY_AT_ALL } } : metric;
    const name = this.node.path.replaceAll('/', '-');
    const facade = new MonitoringFacade(this, 'Facade', {
      // Names of dashboards are the account's, over all regions.
      dashboardFactory: new DefaultDashboardFactory(this, 'Dashboards', {
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
      humanReadableName: 'What visitors did',
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
        { title: 'Clicks that wait', metrics: [none(metrics.queuedClicks(), 'Queued')] },
        { title: 'Counting', metrics: [metrics.closedHours(), metrics.unreadableRecords()] },
      ],
    });
    facade.monitorCustom({
      alarmFriendlyName: 'SignUps',
      humanReadableName: 'What users did',
      metricGroups: [
        { title: 'Sign-ups without a link', metrics: [none(metrics.signUpFailures(), 'Failures')] },
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
          addThrottlesCountAlarm: { Critical: ANY },
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

const ANY_AT_ALL: CustomThreshold = {
  threshold: 0,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // It is only written where there is one.
  treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
};
