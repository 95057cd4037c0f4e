import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { documentedStack } from './documented.ts';

test.each(['Every prop', "A domain of the links' own", 'A CDN in front'])(
  'the example of “%s” in docs/deploy.md synthesizes',
  (heading) => {
    const template = Template.fromStack(documentedStack(heading));
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  },
);

test('the CDN of docs/deploy.md caches nothing, passes on what the service reads, has a firewall, and closes the entrance past it', () => {
  const template = Template.fromStack(documentedStack('A CDN in front'));
  const [api = ''] = Object.keys(template.findResources('AWS::ApiGatewayV2::Api'));
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['go.example.com'],
      WebACLId: { 'Fn::GetAtt': [Match.stringLikeRegexp('Firewall'), 'Arn'] },
      Origins: [
        Match.objectLike({
          OriginCustomHeaders: [
            {
              HeaderName: 'X-Origin-Secret',
              HeaderValue: '{{resolve:secretsmanager:origin:SecretString:::}}',
            },
          ],
        }),
      ],
      DefaultCacheBehavior: {
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      },
    },
  });
  expect(JSON.stringify(template.findResources('AWS::CloudFront::Distribution'))).toContain(api);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'cdk-referrals: hit',
    Environment: {
      Variables: Match.objectLike({
        API_URL: 'https://go.example.com',
        STRICT_TRANSPORT_SECONDS: '31536000',
        ORIGIN_SECRET: '{{resolve:secretsmanager:origin:SecretString:::}}',
      }),
    },
  });
});
