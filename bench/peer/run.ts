import { parseArgs } from 'node:util';
import { defaults, measurePeer } from './peer.ts';

const HELP = `Usage: node bench/peer/run.ts [option …]

Measures clicks on pinax-referrals (Django, gunicorn with two workers, SQLite) and on the server of npm start
(with the embedded DynamoDB), in turns, and prints JSON. It needs Linux and Python, and the machine for itself.

Options:
  --rounds <number>    each measures either side once (default ${defaults.rounds})
  --seconds <number>   of each load: at full speed, and at half of the peer's (default ${defaults.seconds})
  --help               print this
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: `${defaults.rounds}` },
      seconds: { type: 'string', default: `${defaults.seconds}` },
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
  console.log(JSON.stringify(result, null, 2));
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
