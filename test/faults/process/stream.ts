import { startStream } from '../../../local/triggers.ts';

// The event source of the table's stream. After a kill it continues where it was.
const { STREAM_ENDPOINT = '', TABLE_NAME = '', CHECKPOINT = '' } = process.env;
startStream({ endpoint: STREAM_ENDPOINT, tableName: TABLE_NAME, checkpointFile: CHECKPOINT });
process.stdout.write('Ready.\n');
// Following does not keep a process alive.
setInterval(() => undefined, 60_000);
