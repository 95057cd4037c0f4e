/** What is running, under the names of the deployed stack's outputs. */
export interface Outputs {
  readonly ApiUrl: string;
  readonly UserPoolId: string;
  readonly UserPoolClientId: string;
  readonly CognitoEndpoint: string;
  readonly DynamoDBEndpoint: string;
  readonly TableName: string;
  readonly DefaultRedirectTo: string;
}
