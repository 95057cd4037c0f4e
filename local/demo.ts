import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../functions/environment.ts';
import { createReferrals, type ReferralsClient } from '../web/client/index.ts';
import { signInUser, signUpUser } from './cognito.ts';
import type { Outputs } from './outputs.ts';

const password = 'Demo-password-1';
/** So many responses to a link are printed, the latest. */
const SHOWN = 20;
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
    return printLink(createReferrals({ apiUrl: outputs.ApiUrl, token: () => idToken }));
  }
  const run = Date.now().toString(36);
  const [referrer, referee] = [`ada-${run}@example.com`, `grace-${run}@example.com`];

  console.log('\nThe main job, played once against the service:\n');
  await signUpUser(outputs, { email: referrer, password });
  const { idToken } = await signInUser(outputs, { email: referrer, password });
  const ada = createReferrals({ apiUrl: outputs.ApiUrl, token: () => idToken });
  const { url } = await ada.mine();
  console.log(`  1. ${referrer} signs up and has a link: ${url}`);

  // As a browser follows it, because a program gets no session.
  const click = await fetch(url, { headers: { 'user-agent': BROWSER }, redirect: 'manual' });
  const session = /=([\w-]{32});/.exec(click.headers.get('set-cookie') ?? '')?.[1] ?? '';
  console.log(`  2. A visitor clicks it, and is sent to ${click.headers.get('location')}`);

  const [action] = pageActions();
  if (action === undefined) {
    console.log('  3. Pages may record no actions here, so the visitor does nothing else');
  } else {
    const visitor = createReferrals({ apiUrl: outputs.ApiUrl, session });
    const acted = await visitor.record(action);
    console.log(`  3. The visitor does something: ${acted?.action}`);
  }

  await signUpUser(outputs, { email: referee, password, session });
  console.log(`  4. The visitor signs up as ${referee}`);

  console.log(`  5. What ${referrer} sees:`);
  await printLink(ada);
  await writeFile(played, JSON.stringify({ referrer, referee, password }));
}

/** Actions that the visitor's page may record. */
const pageActions = (): readonly string[] =>
  JSON.parse(process.env[environment.pageActions] ?? '["VIEWED_PRICING"]');

async function printLink(referrals: ReferralsClient): Promise<void> {
  const { code, url, clicks, uniqueVisitors } = await referrals.mine();
  console.log(`     ${url}: clicks ${clicks}, unique visitors ${uniqueVisitors}`);
  const latest = [];
  for await (const response of referrals.responses(code)) {
    if (latest.push(response) === SHOWN) break;
  }
  for (const { createdAt, actionDisplay, kind, userId } of latest.toReversed()) {
    const visitor = kind === 'human' ? userId && `user ${userId}` : kind;
    console.log(`     ${createdAt}  ${actionDisplay}${visitor ? `  (${visitor})` : ''}`);
  }
}
