import * as v from 'valibot';
import { recordAction as recordInDomain } from '../core/action.ts';
import { ReferralsError } from '../core/errors.ts';
import { clientDetails } from '../http/client-details.ts';
import { actionHeaders, newAction, showResponse, visitorsResponse } from '../http/responses.ts';
import { answer, apiRoute } from '../http/route.ts';
import { countMetric } from '../setup/telemetry.ts';

/** `POST /actions`: records an action of this visitor and credits it to the referral that brought them. */
export const recordAction = apiRoute('record-action', {
  input: { headers: actionHeaders, body: newAction },
  example: { action: 'PURCHASED', target: { type: 'order', id: '1234' } },
  answers: {
    200: v.strictObject({ response: v.null() }),
    201: v.strictObject({ response: visitorsResponse }),
  },
  errors: ['idempotency_mismatch'],
  handle: async ({ event, services, visitor, input }) => {
    const { pageActions } = services.settings;
    if (pageActions?.has(input.body.action) === false) throw refusal(pageActions);
    const client = await clientDetails(event, services);
    const response =
      visitor &&
      (await recordInDomain(services, {
        visitor,
        trusted: false,
        idempotencyKey: input.headers['Idempotency-Key'],
        ...input.body,
        ...client,
      }));
    countMetric(response ? 'Actions' : 'AttributionMisses');
    return response === undefined
      ? answer(200, { response: null })
      : answer(201, { response: showResponse('visitor', response, services.settings) });
  },
});

const refusal = (allowed: ReadonlySet<string>) =>
  new ReferralsError(
    'invalid_field',
    `action must be one that pages may record: ${[...allowed].join(', ') || 'none'}.`,
    { field: 'action' },
  );
