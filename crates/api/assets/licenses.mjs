// Prints name, version and licence text of every package below node_modules, for LICENSES.txt.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

function packages(dir) {
  return readdirSync(dir)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? packages(join(dir, name)) : [join(dir, name)]))
    .filter((path) => existsSync(join(path, 'package.json')));
}

console.log('The explorer is built from these packages. The fonts Roboto and Fira Code stand in its style sheet.');
for (const path of packages('node_modules').sort()) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json')));
  if (name.startsWith('@types/')) continue;
  const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(path, file), 'utf8').trim() : '(no licence file; see package.json)';
  console.log(`\n${'='.repeat(80)}\n${name} ${version} (${license})\n\n${text.replace(/\r\n/g, '\n')}`);
}
