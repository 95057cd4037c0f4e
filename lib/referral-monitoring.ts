import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi, IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
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
  type SqsQueueMonitoringWithDlqProps,
} from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import { tableShape } from '../functions/store/table-shape.ts';
import { postConfirmation, retrySignUp } from '../functions/triggers.ts';
import type { ReferralMetrics } from './referral-metrics.ts';
import type { SignUpQueue } from './sign-up-queue.ts';

export interface ReferralMonitoringProps {
  readonly api: HttpApi;
  readonly table: TableV2;
  /** By file. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly metrics: ReferralMetrics;
  readonly signUps: SignUpQueue;
  /** Where alarms are sent; without it there are none. */
  readonly topic?: ITopic | undefined;
}

const ANY = { maxErrorCount: 0 };
const THROTTLED = { Warning: { maxThrottledEventsThreshold: 0 } };
/** Two periods of five minutes in a row. */
const TWICE = { evaluationPeriods: 2, datapointsToAlarm: 2 };
/** Where nobody waits for the answer, or nobody may get to see the error, a function that fails is an alarm. */
const UNSEEN: readonly string[] = [postConfirmation.function, retrySignUp.function];
const SLOW_CLICK = Duration.seconds(1);

/** A dashboard, and the alarms of `docs/runbook.md`. */
export class ReferralMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: ReferralMonitoringProps) {
    super(scope, id);
    const { api, table, functions, metrics, signUps, topic } = props;
    const alarming = topic !== undefined;
    /** Only with a topic are there alarms; the options' type is given, so that a name that is wrong is seen. */
    const alarm = <Options>(options: Partial<Options>) => (alarming ? options : {});
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
      alarmFriendlyName: 'SignUps',
      humanReadableName: 'What visitors and users did',
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
        {
          title: 'Sign-ups without a link',
          metrics: alarming
            ? [
                {
                  metric: metrics.signUpFailures(),
                  alarmFriendlyName: 'Failures',
                  addAlarm: { Warning: SIGN_UP_FAILURE },
                },
              ]
            : [metrics.signUpFailures()],
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
        ...alarm<LambdaFunctionMonitoringProps>({
          addThrottlesCountAlarm: { Critical: ANY },
          ...(UNSEEN.includes(file) && { addFaultCountAlarm: { Critical: ANY } }),
          ...(file === 'hit' && {
            addLatencyP99Alarm: { Warning: { maxLatency: SLOW_CLICK, ...TWICE } },
          }),
        }),
      });
    }
    facade.monitorSqsQueueWithDlq({
      queue: signUps.queue,
      deadLetterQueue: signUps.deadLetters,
      humanReadableName: 'Sign-ups to try again',
      alarmFriendlyName: 'SignUpQueue',
      ...alarm<SqsQueueMonitoringWithDlqProps>({
        addDeadLetterQueueMaxSizeAlarm: {
          Critical: {
            maxMessageCount: 0,
            treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
          },
        },
      }),
    });
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

const SIGN_UP_FAILURE: CustomThreshold = {
  threshold: 0,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // It is only written where there is a failure.
  treatMissingDataOverride: TreatMissingData.NOT_BREACHING,
};
