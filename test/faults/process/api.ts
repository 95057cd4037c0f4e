import { createServer } from 'node:http';
import { createListener } from '../../../local/server.ts';

// The API, at the port of its URL, so that clients find it again after a restart.
const { API_URL: apiUrl = '', APP_URL: appUrl = '' } = process.env;

// Loads it before the first click comes, as Lambda does.
await import('../../../functions/hit.ts');
createServer(createListener({ apiUrl, appUrl, onEvent: () => undefined })).listen(
  Number(new URL(apiUrl).port),
  '127.0.0.1',
  () => process.stdout.write('Ready.\n'),
);
