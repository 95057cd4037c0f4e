import { CLIENT_IP, call, newIp, sessionIn } from '../integration/client.ts';
import type { Stage } from './stage.ts';

export interface ClickAnswer {
  /** Undefined if there was no answer, because the API was killed. */
  readonly status: number | undefined;
  readonly session: string | undefined;
  /** Milliseconds. */
  readonly took: number;
}

/** Clicks as a browser that gives up after a while. The referer identifies this click. */
export async function sendClick(
  { apiUrl }: Pick<Stage, 'apiUrl'>,
  code: string,
  referer: string,
  session?: string,
): Promise<ClickAnswer> {
  const started = performance.now();
  const answer = await call({ ApiUrl: apiUrl }, `GET /r/${code}`, {
    signal: AbortSignal.timeout(10_000),
    headers: {
      referer,
      [CLIENT_IP]: newIp(),
      ...(session && { cookie: `referral_session=${session}` }),
    },
  }).catch(() => undefined);
  return {
    status: answer?.status,
    session: (answer && sessionIn(answer)) || undefined,
    took: performance.now() - started,
  };
}
