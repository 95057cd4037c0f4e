/** What a function takes that does nothing. */
export const handler = async () => ({ statusCode: 302, headers: { location: '/' } });
