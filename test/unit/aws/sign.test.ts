import { expect, test } from 'vitest';
import { sign } from '../../../functions/aws/sign.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const token =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const form = 'application/x-www-form-urlencoded';

/**
 * Requests of AWS's own test suite, with their signed headers and signatures, see
 * https://github.com/mhart/aws4/tree/9d00a5acf4df38ec80f6918fa7f17fc06492e01f/test/aws-sig-v4-test-suite
 */
const suite = [
  {
    name: 'get-vanilla',
    method: 'GET',
    signed: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-utf8',
    method: 'GET',
    path: '/ሴ',
    signed: 'host;x-amz-date',
    signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
  },
  {
    name: 'get-vanilla-utf8-query',
    method: 'GET',
    path: '/?ሴ=bar',
    signed: 'host;x-amz-date',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  {
    name: 'get-header-value-trim',
    method: 'GET',
    headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' },
    signed: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'post-vanilla',
    method: 'POST',
    signed: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-header-key-sort',
    method: 'POST',
    headers: { 'My-Header1': 'value1' },
    signed: 'host;my-header1;x-amz-date',
    signature: 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: { 'Content-Type': form },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-x-www-form-urlencoded-parameters',
    method: 'POST',
    headers: { 'Content-Type': `${form}; charset=utf8` },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  },
  {
    name: 'post-sts-header-before',
    method: 'POST',
    headers: { 'X-Amz-Security-Token': token },
    signed: 'host;x-amz-date;x-amz-security-token',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
];

test.each(suite)('signs $name as AWS’s test suite has it', ({ method, path = '/', ...request }) => {
  const { headers } = sign(
    {
      service: 'service',
      region: 'us-east-1',
      method,
      path,
      headers: {
        Host: 'example.amazonaws.com',
        'X-Amz-Date': '20150830T123600Z',
        ...request.headers,
      },
      ...(request.body && { body: request.body }),
      // The suite has paths encoded once.
      doNotEncodePath: true,
      // The suite's requests with a body have no such header; `aws4` adds it.
      ...{ extraHeadersToIgnore: { 'content-length': true } },
    },
    credentials,
  );
  expect(headers?.Authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${request.signed}, Signature=${request.signature}`,
  );
});

test('another day, another region, another service and another secret make other signatures', () => {
  const signed = ({ day = '20150830', region = 'us-east-1', service = 'service', secret = 'a' }) =>
    sign(
      { service, region, path: '/', headers: { host: 'h', 'x-amz-date': `${day}T000000Z` } },
      { accessKeyId: 'id', secretAccessKey: secret },
    ).headers?.Authorization;
  const usual = signed({});
  const others = [
    signed({ day: '20150831' }),
    signed({ region: 'eu-west-1' }),
    signed({ service: 'sqs' }),
    signed({ secret: 'b' }),
  ];
  expect(new Set([usual, ...others]).size).toBe(5);
  expect(signed({})).toBe(usual);
});
