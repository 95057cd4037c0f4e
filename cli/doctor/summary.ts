import type { Finding, Recorded } from './findings.ts';

/** Width of the column with the status. */
const WIDTH = 9;

/**
 * Lines for people: the findings, what was recorded, and the next step.
 *
 * @example summarize(findings, { clicks: 1, botClicks: 1 }) // 'ok       page: The page opens (200).\n…'
 */
export function summarize(findings: readonly Finding[], recorded: Recorded): string {
  return [...grouped(findings).flatMap(linesOf), '', records(recorded), nextStep(findings)].join(
    '\n',
  );
}

interface Group extends Pick<Finding, 'status' | 'saw' | 'fix'> {
  readonly checks: string[];
}

/** Puts checks together that follow each other and were skipped for the same reason. */
function grouped(findings: readonly Finding[]): Group[] {
  const groups: Group[] = [];
  for (const { check, status, saw, fix } of findings) {
    const last = groups.at(-1);
    if (status === 'skipped' && last?.saw === saw) last.checks.push(check);
    else groups.push({ checks: [check], status, saw, fix });
  }
  return groups;
}

function linesOf({ checks, status, saw, fix }: Group): string[] {
  const line = `${status.padEnd(WIDTH)}${checks.join(', ')}: ${saw}`;
  return fix === null ? [line] : [line, `${' '.repeat(WIDTH)}Fix: ${fix}`];
}

function records({ clicks, botClicks }: Recorded): string {
  if (clicks === 0) return 'Recorded: nothing.';
  const counted = clicks === 1 ? '1 click' : `${clicks} clicks`;
  const bots = botClicks === 0 ? '' : `, and ${botClicks} of a bot, which does not count`;
  return `Recorded on the link: ${counted} with the campaign source referrals-doctor${bots}.`;
}

function nextStep(findings: readonly Finding[]): string {
  const problems = findings.filter(({ status }) => status === 'problem');
  if (problems.length > 0) {
    const first =
      problems.length === 1 ? 'the problem' : `the first of ${problems.length} problems`;
    return `Next: put ${first} right, and run the same command again.`;
  }
  const isSkipped = (check: Finding['check']) =>
    findings.some((finding) => finding.check === check && finding.status === 'skipped');
  if (isSkipped('link')) {
    return 'Nothing is wrong so far. Next: run the same command with --link and a link of the deployment.';
  }
  if (isSkipped('reload')) {
    return 'Nothing is wrong so far. Next: run the same command with --consent.';
  }
  return 'Done: the page is set up.';
}
