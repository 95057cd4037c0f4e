import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as z from 'zod/mini';
import type { ReferralsStackProps } from '../lib/index.ts';

const number = z.coerce.number();
const days = z.pipe(
  number.check(z.positive()),
  z.transform((amount) => Duration.days(amount)),
);
const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(',').map((item) => item.trim())),
);
/** A value of `cdk.json`, or its JSON on the command line. */
const orJson = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.union([schema, z.pipe(z.pipe(z.string(), z.transform(parseJson)), schema)]);
const throttle = z.strictObject({ rate: z.number(), burst: z.number() });

/**
 * What `cdk deploy -c <name>=<value>` can set, and the context of `cdk.json`, where values may be JSON;
 * `docs/deploy.md` says what each means.
 */
const settings = {
  appUrl: z.string(),
  defaultRedirectTo: z.string(),
  allowedRedirectHosts: z.union([z.array(z.string()), list]),
  redirectParameter: z.string(),
  sessionCookieName: z.string(),
  sessionDomain: z.string(),
  sessionMaxAgeDays: days,
  sessionPassInUrl: z.union([z.boolean(), z.stringbool()]),
  codeLength: number,
  codeAlphabet: z.string(),
  attributionModel: z.enum(['last', 'first']),
  attributionWindowDays: days,
  actionDisplay: orJson(z.record(z.string(), z.string())),
  clientIpHeader: z.string(),
  retentionDays: days,
  hooks: z.string(),
  domainName: z.string(),
  certificateArn: z.string(),
  removalPolicy: z.enum(['retain', 'destroy']),
  alarmTopicArn: z.string(),
  logRetentionDays: z.pipe(number, z.enum(RetentionDays)),
  throttle: orJson(
    z.strictObject({ clicks: z.exactOptional(throttle), api: z.exactOptional(throttle) }),
  ),
  warmThroughput: orJson(
    z.strictObject({
      readUnitsPerSecond: z.exactOptional(z.number()),
      writeUnitsPerSecond: z.exactOptional(z.number()),
    }),
  ),
} as const;

type Settings = { [Name in keyof typeof settings]?: z.infer<(typeof settings)[Name]> };

/**
 * Reads the stack's props from the CDK context.
 *
 * @throws Error that names the setting that is wrong.
 */
export function readContext(node: Node): Partial<ReferralsStackProps> {
  const context: Settings = Object.fromEntries(
    Object.entries(settings).flatMap(([name, schema]) => {
      const given: unknown = node.tryGetContext(name);
      if (given === undefined) return [];
      const parsed = z.safeParse(schema, given);
      if (!parsed.success)
        throw new Error(`${name}: ${JSON.stringify(given)} is not a right value.`);
      return [[name, parsed.data]];
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
      passInUrl: context.sessionPassInUrl,
    }),
    code: defined({ length: context.codeLength, alphabet: context.codeAlphabet }),
    attribution: defined({
      model: context.attributionModel,
      window: context.attributionWindowDays,
    }),
    actionDisplay: context.actionDisplay,
    clientIpHeader: context.clientIpHeader,
    retention: context.retentionDays,
    hooks: context.hooks,
    domainName: context.domainName,
    certificateArn: context.certificateArn,
    removalPolicy: context.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : undefined,
    alarmTopicArn: context.alarmTopicArn,
    logRetention: context.logRetentionDays,
    throttle: context.throttle,
    table: context.warmThroughput && { warmThroughput: context.warmThroughput },
  });
}

/** Undefined where it is not JSON, which no schema here takes. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Defined<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

const defined = <Values extends object>(values: Values): Defined<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
