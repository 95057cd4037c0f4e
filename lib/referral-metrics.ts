import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** Where the functions count, see `functions/setup/telemetry.ts`. */
const NAMESPACE = 'Referrals';

/**
 * What the functions count, as CloudWatch metrics: sums of five minutes unless the options say otherwise.
 *
 * @example new Alarm(this, 'Quiet', { metric: referrals.metrics.clicks('human'), … })
 */
export class ReferralMetrics {
  readonly #service: string;

  constructor(service: string) {
    this.#service = service;
  }

  /** Clicks of a kind; `expired` are those on links that have expired. */
  clicks(kind: 'human' | 'bot' | 'prefetch' | 'own' | 'expired', options?: MetricOptions): Metric {
    return this.#metric('Clicks', { ...options, dimensionsMap: { kind } });
  }

  /** Actions that were credited to a referral. */
  actions(options?: MetricOptions): Metric {
    return this.#metric('Actions', options);
  }

  /** Actions for which no referral was to be credited. */
  attributionMisses(options?: MetricOptions): Metric {
    return this.#metric('AttributionMisses', options);
  }

  /** Responses that were moved from a session to a user. */
  linkedResponses(options?: MetricOptions): Metric {
    return this.#metric('LinkedResponses', options);
  }

  /** Sign-ups that went through without their link. */
  signUpFailures(options?: MetricOptions): Metric {
    return this.#metric('SignUpFailures', options);
  }

  /** Clicks that were redirected and wait in the queue, because the table could not be written. */
  queuedClicks(options?: MetricOptions): Metric {
    return this.#metric('QueuedClicks', options);
  }

  /** Records of the stream that could not be read and went to its dead letters. */
  unreadableRecords(options?: MetricOptions): Metric {
    return this.#metric('UnreadableRecords', options);
  }

  /** Hours of referrals that were counted for good. */
  closedHours(options?: MetricOptions): Metric {
    return this.#metric('ClosedHours', options);
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
