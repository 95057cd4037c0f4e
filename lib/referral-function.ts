import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { Duration, RemovalPolicy, Stage } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  RuntimeFamily,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions/manifest.ts';
import type { HooksModule } from './hooks-module.ts';

/** Props of a function in `functions/`. */
export interface ReferralFunctionProps {
  /** File in `functions/`, without the extension. */
  readonly file: FunctionName;
  /** Name in the account. By default, CloudFormation makes one. */
  readonly functionName?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly environment: Record<string, string>;
  readonly logRetention: RetentionDays;
  /** Hooks module to ship with the function. */
  readonly hooks?: HooksModule | undefined;
}

/** One of our Lambda functions, with its own role and log group. */
export class ReferralFunction extends Construct {
  readonly handler: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    {
      file,
      functionName,
      timeout,
      memory,
      environment,
      logRetention,
      hooks,
    }: ReferralFunctionProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    const bundle = bundleDirectory(file);
    this.handler = new LambdaFunction(this, 'Function', {
      ...(functionName && { functionName }),
      description: `cdk-referrals: ${file}`,
      code: Code.fromAsset(
        hooks ? hooks.addTo(bundle, Stage.of(this)?.assetOutdir ?? tmpdir()) : bundle,
      ),
      handler: 'index.handler',
      // By its name, because older versions of aws-cdk-lib have no constant for it.
      runtime: new Runtime('nodejs24.x', RuntimeFamily.NODEJS),
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.seconds(timeout),
      environment: { ...environment, ...hooks?.environment },
      logGroup,
      // Leaves out Lambda's own lines of each invocation that succeeds, which cost as much as the invocation.
      // Its metrics have what they say. Failures and timeouts are still reported, see
      // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      // A metric is a line without a level, which Lambda takes for INFO.
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      role,
    });
  }
}

/** Finds a function's bundle in this package. It works both in a clone and in an installed package. */
function bundleDirectory(file: string): string {
  const entry = `cdk-referrals/bundles/${file}/index.mjs`;
  try {
    return dirname(createRequire(import.meta.url).resolve(entry));
  } catch (cause) {
    throw new Error(
      `The bundle ${entry} can't be found. In a clone, run "npm run build". An installed package without it is broken: reinstall it.`,
      { cause },
    );
  }
}
