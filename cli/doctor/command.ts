import type { Command } from 'commander';
import { exitCodeOf, interruptSignal } from '../interrupt.ts';
import { readUrl } from '../options.ts';
import type { Browser } from './browser.ts';
import { findingsOf, recordedBy } from './findings.ts';
import { summarize } from './summary.ts';

interface DoctorOptions {
  readonly link?: string;
  readonly redirectParameter: string;
  readonly consent?: boolean;
  readonly json?: boolean;
}

const HELP = `
The command opens the page in Chrome, Chromium or Edge, without a window and
with an empty profile, follows the link to it, and reloads it. It finds Chrome
and Chromium; CHROME_PATH names another program. Without --link, it checks the
page, the script and calls to the API only.

The visit records a click on the link, with the campaign source
referrals-doctor, and a second one as a bot, which does not count: it shows
whether the service receives user agents. So use a link of your own. The browser
names itself Chrome, because HeadlessChrome is a program to the service, and
gets no session.

--json prints { pageUrl, link, findings, recorded }. A finding is { check,
status, saw, fix }, and status is ok, problem or skipped. Exit code: 0 if nothing
is wrong, 1 if there is a problem or the command failed, 130 after Ctrl-C.

Example:
  $ npx referrals doctor https://app.example.com/welcome \\
      --link https://links.example.com/r/H7lMCTKv9X`;

async function runDoctor(
  pageUrl: string,
  { link, redirectParameter, consent: consenting = false, json = false }: DoctorOptions,
): Promise<void> {
  // Loaded only here, because no other command needs a browser.
  const { openBrowser } = await import('./browser.ts');
  const { examine } = await import('./examine.ts');
  if (!json) console.log(`Opening ${pageUrl} …`);
  const interrupt = interruptSignal();
  let browser: Browser | undefined;
  try {
    browser = await openBrowser(interrupt);
    const seen = await examine({ browser, pageUrl, link, redirectParameter, consenting });
    const findings = findingsOf(seen);
    const recorded = recordedBy(seen);
    console.log(
      json
        ? JSON.stringify({ pageUrl, link: link ?? null, findings, recorded }, null, 2)
        : summarize(findings, recorded),
    );
    process.exitCode = findings.some(({ status }) => status === 'problem') ? 1 : 0;
  } catch (error) {
    if (!interrupt.aborted) throw error;
    console.error('Stopped.');
    process.exitCode = exitCodeOf(interrupt);
  } finally {
    await browser?.close();
  }
}

/** Adds `referrals doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Says whether a page of the app is set up, as a browser sees it.')
    .argument('<page-url>', 'page of the app', readUrl)
    .option('--link <url>', 'link of the deployment, which gets a click', readUrl)
    .option('--redirect-parameter <name>', 'redirectParameter as deployed', 'redirect_to')
    .option('--consent', 'give the consent that the page waits for')
    .option('--json', 'print the findings as JSON')
    .allowExcessArguments(false)
    .addHelpText('after', HELP)
    .action(runDoctor);
}
