/** Outputs of the running service. They have the same names as the deployed stack's outputs. */
export interface Outputs {
  readonly ApiUrl: string;
  readonly UserPoolId: string;
  readonly UserPoolClientId: string;
  readonly CognitoEndpoint: string;
  readonly DynamoDBEndpoint: string;
  readonly TableName: string;
  readonly DefaultRedirectTo: string;
}
