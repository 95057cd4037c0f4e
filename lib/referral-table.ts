import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  StreamViewType,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { environment as env } from '../functions/environment.ts';
import { type FunctionStoreMethod, rightsOf } from '../functions/store/table-rights.ts';
import { tableShape } from '../functions/store/table-shape.ts';

const key = (name: string) => ({ name, type: AttributeType.STRING });

export interface ReferralTableProps extends Pick<TablePropsV2, 'warmThroughput' | 'replicas'> {
  /** What happens to the table when the stack is deleted. Unless DESTROY, it has deletion protection. */
  readonly removalPolicy: RemovalPolicy;
  /** A table to use instead of a new one. */
  readonly existing?: ITableV2 | undefined;
}

/** The table, with all data. */
export class ReferralTable extends Construct {
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, { existing, ...props }: ReferralTableProps) {
    super(scope, id);
    this.table = existing ?? (this.#makeTable(props) as ITableV2);
  }

  #makeTable({ removalPolicy, ...settings }: Omit<ReferralTableProps, 'existing'>): TableV2 {
    const { partitionKey, sortKey, timeToLiveAttribute, index } = tableShape;
    return new TableV2(this, 'Table', {
      ...settings,
      partitionKey: key(partitionKey),
      sortKey: key(sortKey),
      timeToLiveAttribute,
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        {
          indexName: index.name,
          partitionKey: key(index.partitionKey),
          sortKey: key(index.sortKey),
          // Every click goes into both the table and the index.
          ...(settings.warmThroughput && { warmThroughput: settings.warmThroughput }),
        },
      ],
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
  }

  /** Gives a function the table's name, and the rights that these methods of the store need. */
  connect(handler: LambdaFunction, methods: readonly FunctionStoreMethod[]): void {
    handler.addEnvironment(env.tableName, this.table.tableName);
    for (const [operation, prefixes] of Object.entries(rightsOf(methods))) {
      handler.addToRolePolicy(this.#allow(operation, prefixes));
    }
  }

  /**
   * IAM compares the partition key of every requested item, see
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  #allow(operation: string, prefixes: readonly string[]): PolicyStatement {
    const [, action, onIndex] = /^(\w+?)(Index)?$/.exec(operation) ?? [];
    const { tableArn } = this.table;
    return new PolicyStatement({
      actions: [`dynamodb:${action}`],
      resources: [onIndex ? `${tableArn}/index/${tableShape.index.name}` : tableArn],
      conditions: {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`),
        },
      },
    });
  }
}
