import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as v from 'valibot';
import { isObject, strictObject } from '../functions/validation/objects.ts';
import type { ReferralsStackProps } from '../lib/index.ts';

const number = v.pipe(v.unknown(), v.toNumber(), v.finite());
const days = v.pipe(
  number,
  v.gtValue(0),
  v.transform((amount) => Duration.days(amount)),
);
const boolean = v.union([v.boolean(), v.pipe(v.string(), v.parseBoolean())]);
const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((item) => item.trim())),
);
const names = v.pipe(v.unknown(), v.check(isObject), v.record(v.string(), v.string()));
/** A value from `cdk.json`, or its JSON from the command line. */
const orJson = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.union([schema, v.pipe(v.string(), v.parseJson(), schema)]);
const throttle = strictObject({ rate: v.number(), burst: v.number() });

/**
 * Settings for `cdk deploy -c <name>=<value>` and for the context in `cdk.json`. In `cdk.json`, values may be
 * JSON. `docs/deploy.md` explains each setting.
 */
const settings = {
  appUrl: v.string(),
  defaultRedirectTo: v.string(),
  allowedRedirectHosts: v.union([v.array(v.string()), list]),
  redirectParameter: v.string(),
  sessionCookieName: v.string(),
  sessionDomain: v.string(),
  sessionMaxAgeDays: days,
  sessionHandOff: boolean,
  globalPrivacyControl: boolean,
  maxReferralsPerUser: number,
  codeLength: number,
  codeAlphabet: v.string(),
  codeCustom: boolean,
  codeIgnoreCase: boolean,
  attributionModel: v.picklist(['last', 'first']),
  attributionWindowDays: days,
  attributionNewUsersOnly: boolean,
  eventsClicks: v.picklist(['all', 'human', 'none']),
  eventsMaxBatchingWindowSeconds: v.pipe(
    number,
    v.transform((amount) => Duration.seconds(amount)),
  ),
  pageActions: v.union([v.array(v.string()), orJson(v.array(v.string())), list]),
  actionDisplay: orJson(names),
  clientIpHeader: v.string(),
  ip: v.picklist(['truncated', 'none', 'full']),
  referer: v.picklist(['path', 'origin', 'none']),
  retentionDays: days,
  signUpWindowDays: days,
  hooks: v.string(),
  domainName: v.string(),
  certificateArn: v.string(),
  publicUrl: v.string(),
  existingTableStreamArn: v.string(),
  removalPolicy: v.picklist(['retain', 'destroy']),
  alarmTopicArn: v.string(),
  dashboard: boolean,
  logRetentionDays: v.pipe(number, v.enum(RetentionDays)),
  throttle: orJson(
    strictObject({
      clicks: v.exactOptional(throttle),
      sessions: v.exactOptional(throttle),
      api: v.exactOptional(throttle),
    }),
  ),
  warmThroughput: orJson(
    strictObject({
      readUnitsPerSecond: v.exactOptional(v.number()),
      writeUnitsPerSecond: v.exactOptional(v.number()),
    }),
  ),
} as const;

type Settings = { [Name in keyof typeof settings]?: v.InferOutput<(typeof settings)[Name]> };

/**
 * Reads the stack's props from the CDK context.
 *
 * @throws Error that names the wrong setting.
 */
export function readContext(node: Node): Partial<ReferralsStackProps> {
  const context: Settings = Object.fromEntries(
    Object.entries(settings).flatMap(([name, schema]) => {
      const given: unknown = node.tryGetContext(name);
      if (given === undefined) return [];
      const parsed = v.safeParse(schema, given);
      if (!parsed.success)
        throw new Error(`${name}: ${JSON.stringify(given)} is not a valid value.`);
      return [[name, parsed.output]];
    }),
  );
  return defined({
    appUrl: context.appUrl,
    defaultRedirectTo: context.defaultRedirectTo,
    allowedRedirectHosts: context.allowedRedirectHosts,
    redirectParameter: context.redirectParameter,
    session: defined({
      cookieName: context.sessionCookieName,
      domain: context.sessionDomain,
      maxAge: context.sessionMaxAgeDays,
      handOff: context.sessionHandOff,
    }),
    globalPrivacyControl: context.globalPrivacyControl,
    maxReferralsPerUser: context.maxReferralsPerUser,
    code: defined({
      length: context.codeLength,
      alphabet: context.codeAlphabet,
      custom: context.codeCustom,
      ignoreCase: context.codeIgnoreCase,
    }),
    attribution: defined({
      model: context.attributionModel,
      window: context.attributionWindowDays,
      newUsersOnly: context.attributionNewUsersOnly,
    }),
    events: defined({
      clicks: context.eventsClicks,
      maxBatchingWindow: context.eventsMaxBatchingWindowSeconds,
    }),
    pageActions: context.pageActions,
    actionDisplay: context.actionDisplay,
    clientIpHeader: context.clientIpHeader,
    ip: context.ip,
    referer: context.referer,
    retention: context.retentionDays,
    signUpWindow: context.signUpWindowDays,
    hooks: context.hooks,
    domainName: context.domainName,
    certificateArn: context.certificateArn,
    publicUrl: context.publicUrl,
    existingTableStreamArn: context.existingTableStreamArn,
    removalPolicy: context.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : undefined,
    alarmTopicArn: context.alarmTopicArn,
    dashboard: context.dashboard,
    logRetention: context.logRetentionDays,
    throttle: context.throttle,
    table: context.warmThroughput && { warmThroughput: context.warmThroughput },
  });
}

type Defined<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

const defined = <Values extends object>(values: Values): Defined<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
