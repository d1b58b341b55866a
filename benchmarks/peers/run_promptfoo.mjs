// promptfoo: a suite of tests on one provider, run through its own library.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [installed, folder] = process.argv.slice(2);
const { exports: places } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
const entry = places['.'].import?.default ?? places['.'].import ?? places['.'].default ?? places['.'];
const promptfoo = (await import(pathToFileURL(join(installed, entry)).href)).default;
const work = JSON.parse(readFileSync(join(folder, 'work.json'), 'utf8'));
const rows = readFileSync(join(folder, 'd.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const prompt = JSON.stringify([
  { role: 'system', content: work.system },
  { role: 'user', content: '{{text}}' },
]);
const started = performance.now();
const found = await promptfoo.evaluate(
  {
    prompts: [prompt],
    providers: [{ id: 'openai:chat:raw', config: { apiBaseUrl: work.url, apiKey: 'none' } }],
    tests: rows.map((row) => ({ vars: { text: row.text }, assert: [{ type: 'equals', value: row.label }] })),
    writeLatestResults: false,
  },
  { maxConcurrency: work.in_flight, cache: false, showProgressBar: false },
);
const seconds = (performance.now() - started) / 1000;
const stats = found.stats ?? (await found.toEvaluateSummary()).stats;
if (stats.successes !== rows.length) throw new Error(JSON.stringify(stats));
console.log(seconds);
process.exit(0);
