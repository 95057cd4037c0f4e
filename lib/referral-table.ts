import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { tableShape } from '../functions/store/table-shape.ts';

const key = (name: string) => ({ name, type: AttributeType.STRING });

/** The table that holds everything, kept when the stack is deleted. */
export class ReferralTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { partitionKey, sortKey, timeToLiveAttribute, index } = tableShape;
    this.table = new TableV2(this, 'Table', {
      partitionKey: key(partitionKey),
      sortKey: key(sortKey),
      timeToLiveAttribute,
      globalSecondaryIndexes: [
        {
          indexName: index.name,
          partitionKey: key(index.partitionKey),
          sortKey: key(index.sortKey),
        },
      ],
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Tells a function which table it is, and lets it record clicks there. */
  grantRecordClicks(handler: LambdaFunction): void {
    handler.addEnvironment(env.tableName, this.table.tableName);
    this.table.grant(handler, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query');
  }

  /** Tells a function which table it is, and lets it read, record and move whatever the API does. */
  grantServeApi(handler: LambdaFunction): void {
    this.grantRecordClicks(handler);
    this.table.grant(handler, 'dynamodb:DeleteItem');
  }
}
