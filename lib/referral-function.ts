import { join } from 'node:path';
import type { Duration } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';

/** A function of `functions/`. */
export interface ReferralFunctionProps {
  /** File in `functions/`, without its extension. */
  readonly file: string;
  readonly timeout: Duration;
  readonly environment: Record<string, string>;
}

/** One of our Lambda functions; the only place that says how they are bundled and run. */
export class ReferralFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, { file, timeout, environment }: ReferralFunctionProps) {
    super(scope, id, {
      entry: join(import.meta.dirname, '..', 'functions', `${file}.ts`),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // CPU grows with memory: less would make the cold start slower, and no click cheaper.
      memorySize: 512,
      timeout,
      environment: { POWERTOOLS_SERVICE_NAME: file, ...environment },
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        // Nothing of the runtime's own SDK: what was tested is what runs.
        externalModules: [],
      },
    });
    this.addEnvironment('NODE_OPTIONS', '--enable-source-maps');
  }
}
