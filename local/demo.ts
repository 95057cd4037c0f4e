import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../functions/environment.ts';
import { type Answer, type Call, callApi } from '../web/client/client.ts';
import { signInUser, signUpUser } from './cognito.ts';
import type { Outputs } from './outputs.ts';

const password = 'Demo-password-1';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/**
 * Plays the main job against the running service, once for each data directory, and prints every step:
 * a user has a link, a visitor clicks it, does something and signs up. Later starts print what is stored.
 */
export async function demonstrate(outputs: Outputs, directory: string): Promise<void> {
  const played = join(directory, 'demo.json');
  const earlier = await readFile(played, 'utf8').catch(() => undefined);
  if (earlier !== undefined) {
    const { referrer } = JSON.parse(earlier);
    console.log(`\nThe demo was played at an earlier start. What ${referrer} sees now:`);
    const { idToken } = await signInUser(outputs, { email: referrer, password });
    return printLink(outputs, idToken);
  }
  const run = Date.now().toString(36);
  const [referrer, referee] = [`ada-${run}@example.com`, `grace-${run}@example.com`];

  console.log('\nThe main job, played once against the service:\n');
  await signUpUser(outputs, { email: referrer, password });
  const { idToken: ada } = await signInUser(outputs, { email: referrer, password });
  const { body: link } = await call(outputs, 'GET /me/referral', { token: ada });
  console.log(`  1. ${referrer} signs up and has a link: ${link.url}`);

  const click = await call(outputs, `GET ${new URL(link.url).pathname}`);
  const session = /=([\w-]{32});/.exec(click.headers.get('set-cookie') ?? '')?.[1] ?? '';
  console.log(`  2. A visitor clicks it, and is sent to ${click.headers.get('location')}`);

  const [action] = pageActions();
  if (action === undefined) {
    console.log('  3. Pages may record no actions here, so the visitor does nothing else');
  } else {
    const { body: acted } = await call(outputs, 'POST /actions', { session, body: { action } });
    console.log(`  3. The visitor does something: ${acted.response.action}`);
  }

  await signUpUser(outputs, { email: referee, password, session });
  console.log(`  4. The visitor signs up as ${referee}`);

  console.log(`  5. What ${referrer} sees:`);
  await printLink(outputs, ada);
  await writeFile(played, JSON.stringify({ referrer, referee, password }));
}

/** Actions that the visitor's page may record. */
const pageActions = (): readonly string[] =>
  JSON.parse(process.env[environment.pageActions] ?? '["VIEWED_PRICING"]');

async function printLink(outputs: Outputs, token: string): Promise<void> {
  const { body: link } = await call(outputs, 'GET /me/referral', { token });
  const { body: page } = await call(outputs, `GET /referrals/${link.code}/responses`, { token });
  console.log(`     ${link.url}: clicks ${link.clicks}, unique visitors ${link.uniqueVisitors}`);
  for (const { createdAt, actionDisplay, kind, userId } of page.items.toReversed()) {
    const visitor = kind === 'human' ? userId && `user ${userId}` : kind;
    console.log(`     ${createdAt}  ${actionDisplay}${visitor ? `  (${visitor})` : ''}`);
  }
}

/** Calls the API as a browser would; what is no success ends the demo. */
async function call({ ApiUrl }: Outputs, route: string, request: Call = {}): Promise<Answer> {
  const headers = { 'user-agent': BROWSER };
  const answer = await callApi({ apiUrl: ApiUrl }, route, { ...request, headers });
  if (answer.status < 400) return answer;
  throw new Error(`${route} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
