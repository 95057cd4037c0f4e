/** A function that does nothing. */
export const handler = async () => ({ statusCode: 302, headers: { location: '/' } });
