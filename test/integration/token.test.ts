import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { tokenVerifier } from '../../functions/http/token.ts';
import { signUp } from './client.ts';

const outputs = inject('outputs');
let failing: Server;

beforeAll(async () => {
  failing = createServer((_, response) => response.writeHead(500).end('{}'));
  failing.listen(0, '127.0.0.1');
  await once(failing, 'listening');
});
afterAll(() => failing.close());

test.each([
  ['can’t be reached', () => 'http://127.0.0.1:9'],
  ['fails', () => `http://127.0.0.1:${(failing.address() as AddressInfo).port}`],
])('a user pool that %s makes the service unavailable, not the token wrong', async (_, issuer) => {
  const { token } = await signUp(outputs);
  const [head = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const foreign = Buffer.from(JSON.stringify({ ...claims, iss: issuer() })).toString('base64url');
  const clientIds = [outputs.UserPoolClientId];
  const verifyToken = tokenVerifier({ issuer: issuer(), clientIds, keysEndpoint: undefined });
  await expect(verifyToken(`Bearer ${head}.${foreign}.${signature}`)).rejects.toMatchObject({
    name: 'ReferralsError',
    code: 'unavailable',
  });
});
