import { App, Duration, Stack } from 'aws-cdk-lib';
import { UserPool, UserPoolOperation } from 'aws-cdk-lib/aws-cognito';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import type { ReferralsProps } from '../../lib/index.ts';
import { hosted, hostFile, hostFunction } from './host.ts';

describe('wrong props fail at synth, with one sentence', () => {
  const cases: [string, Partial<ReferralsProps>, RegExp][] = [
    [
      'appUrl with http',
      { appUrl: 'http://app.example.com' },
      /^appUrl: .* must be the app's https origin/,
    ],
    ['appUrl with a path', { appUrl: 'https://app.example.com/x' }, /^appUrl: /],
    ['appUrl that is not a URL', { appUrl: 'app.example.com' }, /^appUrl: /],
    ['no appUrl', { appUrl: undefined as never }, /^appUrl: /],
    [
      'a relative destination',
      { defaultRedirectTo: '/start' },
      /^defaultRedirectTo: .* must be an absolute URL/,
    ],
    [
      'a host with a scheme',
      { allowedRedirectHosts: ['https://x.com'] },
      /^allowedRedirectHosts: .* must be a host/,
    ],
    [
      'a host with capitals',
      { allowedRedirectHosts: ['Shop.Example.com:8443'] },
      /^allowedRedirectHosts: write "shop\.example\.com:8443" instead of "Shop\.Example\.com:8443"\.$/,
    ],
    [
      'a host of an internationalised domain name',
      { allowedRedirectHosts: ['Bücher.example'] },
      /^allowedRedirectHosts: write "xn--bcher-kva\.example" instead of "Bücher\.example"\.$/,
    ],
    [
      'a host with a path',
      { allowedRedirectHosts: ['x.com/y'] },
      /^allowedRedirectHosts: .* must be/,
    ],
    [
      'a host that is not one',
      { allowedRedirectHosts: ['a b'] },
      /^allowedRedirectHosts: .* must be/,
    ],
    [
      'a domain with capitals',
      { domain: { name: 'Go.example.com' } as never },
      /^domain\.name: write "go\.example\.com" instead of "Go\.example\.com"\.$/,
    ],
    ['an empty redirect parameter', { redirectParameter: '' }, /^redirectParameter: /],
    [
      'a destination that is not a web page',
      { defaultRedirectTo: 'javascript:alert(1)' },
      /^defaultRedirectTo: /,
    ],
    [
      'a cookie domain that the API does not belong to',
      { session: { domain: 'example.com' } },
      /^session\.domain: set domain or publicUrl as well/,
    ],
    ['a cookie domain that everybody shares', { session: { domain: 'com' } }, /^session\.domain: /],
    ['a cookie name with a space', { session: { cookieName: 'a b' } }, /^session\.cookieName: /],
    [
      'a session that lasts no time',
      { session: { maxAge: Duration.days(0) } },
      /^session\.maxAge: /,
    ],
    [
      'a window that lasts no time',
      { attribution: { window: Duration.days(0) } },
      /^attribution\.window: /,
    ],
    [
      'limits that let nobody through',
      { throttle: { clicks: { rate: 0, burst: 1 } } },
      /^throttle\.clicks: /,
    ],
    ['a domain with a path', { domain: { name: 'go.example.com/x' } as never }, /^domain\.name: /],
    [
      'a foreign cookie domain',
      { session: { domain: 'other.com' } },
      /^session\.domain: .* must contain the app's host/,
    ],
    [
      'a cookie domain that only looks right',
      { session: { domain: 'pp.example.com' } },
      /^session\.domain: /,
    ],
    [
      'a short alphabet',
      { code: { alphabet: '0123456789abcde' } },
      /^code\.alphabet: must have at least 16/,
    ],
    [
      'an alphabet with duplicates',
      { code: { alphabet: '0123456789abcdeff' } },
      /^code\.alphabet: must have at least 16 different/,
    ],
    [
      'an alphabet that does not fit into a URL',
      { code: { alphabet: '0123456789abcdef/?' } },
      /^code\.alphabet: must contain only/,
    ],
    [
      'codes in either case from an alphabet with both',
      { code: { ignoreCase: true } },
      /^code\.ignoreCase: set code\.alphabet to characters without capital letters, such as \S+\.$/,
    ],
    [
      'codes in either case from an alphabet of capital letters',
      { code: { ignoreCase: true, alphabet: '23456789ABCDEFGHJK' } },
      /^code\.ignoreCase: set code\.alphabet/,
    ],
    [
      'no links for users',
      { maxReferralsPerUser: 0 },
      /^maxReferralsPerUser: 0 must be a whole number, at least 1\.$/,
    ],
    [
      'half a link for users',
      { maxReferralsPerUser: 1.5 },
      /^maxReferralsPerUser: 1\.5 must be a whole number, at least 1\.$/,
    ],
    [
      'short codes',
      { code: { length: 5 } },
      /^code\.length: 5 must be a whole number from 6 to 64/,
    ],
    ['a short retention', { retention: Duration.days(29) }, /^retention: must be at least 30 days/],
    ['a page action without a name', { pageActions: [' '] }, /^pageActions: " " must be the name/],
    [
      'a page action that the service records',
      { pageActions: ['SIGNED_UP'] },
      /^pageActions: SIGNED_UP is recorded by the service itself; omit it\.$/,
    ],
    [
      'clicks of a kind that events have not',
      { events: { clicks: 'bot' as never } },
      /^events\.clicks: "bot" must be all, human or none\.$/,
    ],
    [
      'events that wait longer than Lambda lets them',
      { events: { maxBatchingWindow: Duration.seconds(301) } },
      /^events\.maxBatchingWindow: must be whole seconds, at most 300\.$/,
    ],
    [
      'events that wait for parts of a second',
      { events: { maxBatchingWindow: Duration.millis(1_500) } },
      /^events\.maxBatchingWindow: must be whole seconds/,
    ],
    [
      'hooks that do not exist',
      { hooks: '/nowhere/hooks.mjs' },
      /^hooks: there is no file \/nowhere\/hooks\.mjs\.$/,
    ],
    [
      'hooks that export nothing the service knows',
      { hooks: hostFile('none.mjs', 'export const x = 1;') },
      /^hooks: .* must export at least one of generateCode, clientIp, classifyClick, includeResponse, publicReferral\.$/,
    ],
    [
      'hooks with an import that would be missing',
      { hooks: hostFile('import.mjs', "import x from 'lodash'; export const clientIp = x;") },
      /^hooks: .* imports lodash, which Lambda would not find/,
    ],
    [
      'a public URL beside a domain',
      { publicUrl: 'https://go.example.com', domain: { name: 'x.example.com' } as never },
      /^publicUrl: it replaces domain; give one of them\.$/,
    ],
    ['a secret without the CDN', { originSecret: 'x' }, /^originSecret: give publicUrl too/],
    [
      'a public URL with a path',
      { publicUrl: 'https://go.example.com/r' },
      /^publicUrl: .* must be an https origin without a path/,
    ],
    [
      'a cookie domain that the public URL is not on',
      { publicUrl: 'https://go.example.org', session: { domain: 'example.com' } },
      /^session\.domain: "example\.com" must contain the links' host go\.example\.org/,
    ],
    ['alarms without a topic', { alarms: {} as never }, /^alarms: give the topic/],
    [
      'a table that is warmed up to less than every table has',
      { table: { warmThroughput: { writeUnitsPerSecond: 3_000 } } },
      /^table\.warmThroughput\.writeUnitsPerSecond: 3000 must be at least 4000/,
    ],
    [
      'settings of a pool beside a pool',
      { userPool: {} as never, userPoolClients: [{} as never], userPoolSettings: {} },
      /^userPoolSettings: they are for a new pool/,
    ],
    [
      'a client without its pool',
      { userPoolClients: [] },
      /^userPool and userPoolClients: give both/,
    ],
  ];

  test.each(cases)('%s', (_, props, message) => {
    expect(() => hosted(() => props)).toThrow(message);
  });

  test('a pool from elsewhere with our trigger', () => {
    expect(() =>
      hosted((stack) => {
        const userPool = UserPool.fromUserPoolId(stack, 'Users', 'eu-west-1_abc');
        return { userPool, userPoolClients: [userPool.addClient('Web')] };
      }),
    ).toThrow(/^userPool: it was made elsewhere/);
  });

  test('an existing table without its stream, or with settings for a new one', () => {
    const withTable = (props: Partial<ReferralsProps>) => () =>
      hosted((stack) => ({
        existingTable: TableV2.fromTableName(stack, 'Kept', 'Kept'),
        ...props,
      }));
    expect(withTable({})).toThrow(/^existingTable: give its tableStreamArn too/);
    expect(withTable({ table: {} })).toThrow(/^table: its settings are for a new table/);
  });

  test('a pool of another region with our trigger', () => {
    const env = { account: '123456789012', region: 'us-east-1' };
    const userPool = new UserPool(new Stack(new App(), 'Users', { env }), 'Users');
    expect(() =>
      hosted(() => ({ userPool, userPoolClients: [userPool.addClient('Web')] })),
    ).toThrow(/^userPool: its stack has another account or region/);
  });

  test('ids that make the name of the trigger too long', () => {
    expect(() =>
      hosted(
        (stack) => ({ nextPostConfirmation: hostFunction(stack, 'Next') }),
        'Host',
        'R'.repeat(50),
      ),
    ).toThrow(/^id: the trigger's name .* has 71 characters, and Lambda takes 64/);
  });

  test('a pool that has a trigger already', () => {
    expect(() =>
      hosted((stack) => {
        const userPool = new UserPool(stack, 'Users');
        userPool.addTrigger(UserPoolOperation.POST_CONFIRMATION, hostFunction(stack, 'Own'));
        return { userPool, userPoolClients: [userPool.addClient('Web')] };
      }),
    ).toThrow(/^userPool: it has a post-confirmation trigger already; pass that as nextPostConf/);
  });

  test('a topic with a key that CloudWatch can’t use', () => {
    expect(() =>
      hosted((stack) => {
        const masterKey = Alias.fromAliasName(stack, 'Key', 'alias/aws/sns');
        return { alarms: { topic: new Topic(stack, 'Pager', { masterKey }) } };
      }),
    ).toThrow(/^alarms\.topic: CloudWatch can't use the key alias\/aws\/sns/);
  });

  test('alarms after no request at all', () => {
    expect(() =>
      hosted((stack) => ({ alarms: { topic: new Topic(stack, 'Pager'), requestsPerHour: 0 } })),
    ).toThrow(/^alarms\.requestsPerHour: must be more than 0\.$/);
  });

  test('settings that are too long for a function', () => {
    const actionDisplay = { BOUGHT: 'x'.repeat(4_000) };
    const { template } = hosted(() => ({ actionDisplay }));
    expect(template).toThrow(/The settings have \d+ bytes, and Lambda takes 4096\./);
  });

  test('ids that make names too long', () => {
    expect(() => hosted(() => ({}), 'Host', 'R'.repeat(200))).toThrow(
      /^id: names in AWS .* have 205 characters together; shorten them to 190\.$/,
    );
  });

  test('a next trigger without ours attached', () => {
    expect(() =>
      hosted((stack) => ({
        attachTrigger: false,
        nextPostConfirmation: hostFunction(stack, 'Next'),
      })),
    ).toThrow(/^nextPostConfirmation: /);
  });
});
