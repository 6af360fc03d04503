import 'reflect-metadata';
import { failToStart, runProcess } from '#process';
import { helpText, parseCommandLine } from './command-line.ts';
import { startStandalone } from './start-standalone.ts';

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.kind === 'help') process.stdout.write(helpText());
  else await runProcess('standalone', startStandalone, commandLine.values);
} catch (error) {
  failToStart(error);
}
