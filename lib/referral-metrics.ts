import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** Namespace of the functions' metrics, see `functions/setup/telemetry.ts`. */
const NAMESPACE = 'Referrals';

/**
 * CloudWatch metrics of the functions. They are sums over five minutes, unless the options say otherwise.
 *
 * @example new Alarm(this, 'Quiet', { metric: referrals.metrics.clicks('human'), … })
 */
export class ReferralMetrics {
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  /** Clicks of one kind; `expired` means clicks on expired or stopped links. */
  clicks(kind: 'human' | 'bot' | 'prefetch' | 'own' | 'expired', options?: MetricOptions): Metric {
    return this.#metric('Clicks', { ...options, dimensionsMap: { kind } });
  }

  /** Actions credited to a referral. */
  actions(options?: MetricOptions): Metric {
    return this.#metric('Actions', options);
  }

  /** Actions without a referral to credit. */
  attributionMisses(options?: MetricOptions): Metric {
    return this.#metric('AttributionMisses', options);
  }

  /** Responses of sessions that were linked to users. */
  linkedResponses(options?: MetricOptions): Metric {
    return this.#metric('LinkedResponses', options);
  }

  /** Sign-ups that succeeded without their link. */
  signUpFailures(options?: MetricOptions): Metric {
    return this.#metric('SignUpFailures', options);
  }

  /** Clicks that were redirected and wait in the queue, because the write to the table failed. */
  queuedClicks(options?: MetricOptions): Metric {
    return this.#metric('QueuedClicks', options);
  }

  /** Unreadable records of the stream, which went to its dead letters. */
  unreadableRecords(options?: MetricOptions): Metric {
    return this.#metric('UnreadableRecords', options);
  }

  /** Minutes that the oldest hour to be counted was overdue. There is no data below ten minutes. */
  minutesBehind(options?: MetricOptions): Metric {
    return this.#metric('MinutesBehind', { statistic: Stats.MAXIMUM, ...options });
  }

  #metric(metricName: string, { dimensionsMap, ...options }: MetricOptions = {}): Metric {
    return new Metric({
      namespace: NAMESPACE,
      metricName,
      statistic: Stats.SUM,
      ...options,
      dimensionsMap: { service: this.#service, ...dimensionsMap },
    });
  }
}
