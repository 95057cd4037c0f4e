import { parseArgs } from 'node:util';
import { defaults, measurePeer } from './peer.ts';
import { tableOf } from './table.ts';

const HELP = `Usage: node bench/peer/run.ts [option …]

Measures clicks on pinax-referrals (Django, gunicorn with two workers, SQLite) and on the server of npm start
(with the embedded DynamoDB), in turns. It needs Linux and Python, and the machine for itself.

Options:
  --rounds <number>    each measures either side once (default ${defaults.rounds})
  --seconds <number>   of each load: at full speed, and at half of the peer's (default ${defaults.seconds})
  --json               print JSON
  --help               print this
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: `${defaults.rounds}` },
      seconds: { type: 'string', default: `${defaults.seconds}` },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const result = await measurePeer({
    ...defaults,
    rounds: readNumber('rounds', values.rounds),
    seconds: readNumber('seconds', values.seconds),
    report: console.error,
  });
  console.log(values.json ? JSON.stringify(result, null, 2) : tableOf(result));
}

function readNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number.`);
}

main().catch((error: Error) => {
  console.error(error.message);
  // Servers that were left running end with this process.
  process.exit(1);
});
