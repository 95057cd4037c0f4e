/**
 * Names of the functions' environment variables, as plain data. The stack and the local server set them;
 * `setup/settings.ts` reads and explains them.
 */
export const environment = {
  tableName: 'TABLE_NAME',
  apiUrl: 'API_URL',
  appUrl: 'APP_URL',
  defaultRedirectTo: 'DEFAULT_REDIRECT_TO',
  allowedRedirectHosts: 'ALLOWED_REDIRECT_HOSTS',
  redirectParameter: 'REDIRECT_PARAMETER',
  sessionCookieName: 'SESSION_COOKIE_NAME',
  sessionCookieDomain: 'SESSION_COOKIE_DOMAIN',
  sessionMaxAge: 'SESSION_MAX_AGE_SECONDS',
  sessionInUrl: 'SESSION_IN_URL',
  attributionModel: 'ATTRIBUTION_MODEL',
  attributionWindow: 'ATTRIBUTION_WINDOW_SECONDS',
  actionDisplay: 'ACTION_DISPLAY',
  codeLength: 'CODE_LENGTH',
  codeAlphabet: 'CODE_ALPHABET',
  clientIpHeader: 'CLIENT_IP_HEADER',
  retention: 'RETENTION_SECONDS',
  hooks: 'HOOKS',
  nextPostConfirmation: 'NEXT_POST_CONFIRMATION',
  signUpQueueUrl: 'SIGN_UP_QUEUE_URL',
  clickQueueUrl: 'CLICK_QUEUE_URL',
  streamDeadLettersUrl: 'STREAM_DEAD_LETTERS_URL',
  eventBusName: 'EVENT_BUS_NAME',
  tokenIssuer: 'TOKEN_ISSUER',
  tokenClientIds: 'TOKEN_CLIENT_IDS',
} as const;
