// Runs every config of a directory with promptfoo, on scripted replies, and writes a line of JSON for each config: the
// replies, and for each test and reply the verdict of each assertion. scripts/compare-promptfoo runs it.
//
//   node promptfoo.mjs PROMPTFOO EXAMPLES OUT
//
// PROMPTFOO is the directory whose node_modules has promptfoo. Models that grade are scripted, too: a judge passes every
// second reply, and an embedding counts the letters of a text.

import {fork} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const SECONDS = 120; // for one config
const [promptfooDir, examples, out] = process.argv.slice(2);

// configsIn lists the configs of a directory, sorted.
function configsIn(dir) {
  return fs.readdirSync(dir, {recursive: true}).map(String).sort()
    .filter((name) => /(^|\/)promptfooconfig[^/]*\.ya?ml$/.test(name) && !name.includes('node_modules'));
}

// parent gives the configs to a child, which is replaced when it hangs or ends.
function parent() {
  const queue = configsIn(examples);
  const file = fs.openSync(out, 'w');
  let child, timer, current;
  const write = (line) => fs.writeSync(file, JSON.stringify(line) + '\n');
  const next = () => {
    clearTimeout(timer);
    current = queue.shift();
    if (!current) return child?.kill('SIGKILL');
    child ??= start();
    child.send(current);
    timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
  };
  const start = () => {
    const one = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
      env: {...process.env, COMPARE_CHILD: '1'}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    one.on('message', (line) => { write(line); next(); });
    one.on('exit', () => {
      child = undefined;
      if (!current) return;
      write({config: current, error: 'promptfoo hung or ended'});
      next();
    });
    return one;
  };
  next();
}

async function child() {
  const main = path.resolve(promptfooDir, 'node_modules/promptfoo/dist/src/index.js');
  const {default: promptfoo} = await import(pathToFileURL(main).href);
  const inside = createRequire(main);
  const tools = {promptfoo, yaml: inside('js-yaml'), refs: inside('@apidevtools/json-schema-ref-parser')};
  const root = path.resolve(examples);
  process.on('disconnect', () => process.exit());
  process.on('message', async (config) => {
    let line;
    try {
      process.chdir(path.dirname(path.join(root, config)));
      line = {config, ...await compare(tools, path.join(root, config))};
    } catch (error) {
      line = {config, error: String(error?.message ?? error).slice(0, 500)};
    }
    process.send(line);
  });
}

let reply = {index: 0}; // the one that is given now

async function compare({promptfoo, yaml, refs}, file) {
  const load = (name) => yaml.load(fs.readFileSync(name, 'utf8'));
  let config = load(file);
  if (config.redteam) return {redteam: true};
  config = await (refs.default ?? refs.$RefParser ?? refs).dereference(file, config, {continueOnError: false});
  const follow = (v) => (typeof v === 'string' && v.startsWith('file://') ? load(v.slice(7)) : v);
  const tests = typeof config.tests === 'string' ? config.tests : config.tests?.map((t) => stripped(t));
  const base = {
    prompts: ['the prompt'], tests, scenarios: config.scenarios?.flatMap((s) => follow(s)),
    defaultTest: stripped(follow(config.defaultTest) ?? {}), evaluateOptions: {maxConcurrency: 1},
  };
  if (!tests && !base.scenarios) return {untested: true};
  base.defaultTest.options = {...base.defaultTest.options, provider: judge()};
  const providers = [config.providers ?? config.targets ?? []].flat();
  const calls = callsOf(providers);
  const transform = providers.map((p) => settingsOf(p)?.transform).find((t) => t);
  const settings = providers.map((p) => settingsOf(p)?.config).find((c) => c?.tools ?? c?.functions);
  const run = async (one, index) => {
    reply = {...one, index};
    const output = one.calls ? asCalls(one.calls, calls) : one.text;
    const scripted = {
      id: () => 'scripted', transform, config: settings ?? {},
      callApi: async () => ({output, cost: one.cost, latencyMs: one.latency, tokenUsage: {total: 1}}),
    };
    const done = await promptfoo.evaluate(structuredCloneOf({...base}, scripted), {maxConcurrency: 1, cache: false});
    const summary = done.toEvaluateSummary ? await done.toEvaluateSummary() : done;
    return summary.results.sort((a, b) => a.testIdx - b.testIdx);
  };
  const first = await run({text: 'Hello', cost: 0.0001, latency: 10}, 1);
  const replies = repliesFor(first, providers, yaml);
  const results = [];
  for (const [index, one] of replies.entries()) {
    for (const [test, r] of (await run(one, index)).entries()) {
      const asserts = r.testCase?.assert ?? [];
      const parts = r.gradingResult?.componentResults ?? [];
      const verdicts = asserts.length === 1 && parts.length > 0 ? [r.success]
        : parts.length === asserts.length ? parts.map((p) => Boolean(p.pass)) : null;
      results.push({
        reply: index, test, asserts: asserts.map((a) => a.type),
        verdicts,
        reasons: parts.map((p) => String(p.reason ?? '').slice(0, 200)),
        error: parts.length ? undefined : String(r.error ?? '').slice(0, 300) || undefined,
      });
    }
  }
  return {calls, replies, results};
}

// structuredCloneOf copies a suite, as promptfoo changes what it is given, and puts the provider in.
function structuredCloneOf(base, scripted) {
  const {options, ...defaults} = base.defaultTest;
  const copy = JSON.parse(JSON.stringify({...base, defaultTest: defaults}));
  copy.defaultTest.options = {...JSON.parse(JSON.stringify({...options, provider: undefined})), provider: options.provider};
  copy.providers = [scripted];
  return copy;
}

// stripped takes the models out of a test: those that grade are scripted.
function stripped(test) {
  if (typeof test !== 'object' || test === null) return test;
  const {provider, providers, ...rest} = test;
  if (rest.options) rest.options = {...rest.options, provider: undefined};
  const strip = (a) => (typeof a === 'object' && a !== null
    ? {...a, provider: undefined, ...(Array.isArray(a.assert) ? {assert: a.assert.map(strip)} : {})} : a);
  if (Array.isArray(rest.assert)) rest.assert = rest.assert.map(strip);
  return rest;
}

function judge() {
  return {
    id: () => 'judge',
    callApi: async (prompt) => ({output: verdictOn(String(prompt))}),
    callEmbeddingApi: async (text) => ({embedding: letters(text)}),
  };
}

function verdictOn(prompt) {
  const pass = reply.index % 2 === 1;
  if (prompt.includes('evaluation steps applicable')) return JSON.stringify({steps: ['read it']});
  if (prompt.includes('[BEGIN DATA]') && prompt.includes('[Criterion]')) return pass ? 'It does.\nY' : 'It does not.\nN';
  if (/factuality|expert answer/i.test(prompt)) return JSON.stringify({category: pass ? 'C' : 'D', reason: 'scripted'});
  if (/"?score"?/.test(prompt) && /EVALUATION STEPS|evaluation steps/.test(prompt)) {
    return JSON.stringify({score: pass ? 10 : 0, reason: 'scripted'});
  }
  return JSON.stringify({pass, score: Number(pass), reason: 'scripted'});
}

// letters is the embedding of a text. main.go has the same one.
function letters(text) {
  const v = new Array(32).fill(0);
  v[31] = 0.001;
  for (const c of String(text).trim().toLowerCase()) v[c.codePointAt(0) % 31] += 1;
  return v;
}

function settingsOf(provider) {
  if (typeof provider !== 'object' || provider === null) return undefined;
  if (provider.id) return provider;
  const [only] = Object.values(provider);
  return typeof only === 'object' ? only : undefined;
}

const idOf = (p) => (typeof p === 'string' ? p : p?.id ?? Object.keys(p ?? {})[0] ?? '');

// callsOf is the shape in which the providers give calls of tools.
function callsOf(providers) {
  for (const p of providers) {
    const config = settingsOf(p)?.config;
    const kind = String(idOf(p)).split(':')[0];
    if (config?.functions) return 'function';
    if (config?.tools && ['google', 'vertex', 'palm', 'gemini'].includes(kind)) return 'google';
    if (config?.tools && ['anthropic', 'bedrock'].includes(kind)) return 'content';
    if (config?.tools) return 'list';
  }
  return '';
}

function asCalls(calls, shape) {
  switch (shape) {
    case 'function': return {name: calls[0].name, arguments: calls[0].arguments};
    case 'google': return calls.map((c) => ({functionCall: {name: c.name, args: parsed(c.arguments) ?? {}}}));
    case 'content': return JSON.stringify({type: 'tool_use', name: calls[0].name, input: parsed(calls[0].arguments) ?? {}});
  }
  return calls.map((c) => ({type: 'function', id: 'call_1', function: {name: c.name, arguments: c.arguments}}));
}

function parsed(text) {
  try { return JSON.parse(text); } catch { return undefined; }
}

const MOST = 24; // replies to a config

// repliesFor are the replies that a config is tried with: usual ones, and those that its assertions ask for.
function repliesFor(results, providers, yaml) {
  const usual = [
    'Hello', "I'm sorry, but I can't help with that. As an AI language model, I am not able to do it.", '',
    '{"answer": "yes", "score": 0.9, "items": ["a", "b"]}', 'Here it is:\n```json\n{"name": "Kim", "age": 42}\n```\nDone.',
    '42', '1. One\n2. Two\n3. Three\n', '<result><type>answer</type></result>', 'word '.repeat(300),
    'Bonjour le monde, the weather in Boston, Paris, New York is sunny & 72°F. I ate 3 bananas, avast ye!',
  ];
  const texts = [];
  const calls = [];
  const add = (text) => {
    text = String(text);
    if (text.length < 20000 && !texts.includes(text) && !usual.includes(text) && !text.includes('\u0000')) texts.push(text);
  };
  for (const r of results) {
    for (const a of (r.testCase?.assert ?? []).flatMap((one) => one.assert ?? [one])) {
      for (const text of passing(a, r.vars ?? {}, yaml)) add(text);
    }
  }
  for (const p of providers) {
    const config = settingsOf(p)?.config ?? {};
    for (const t of declared(config, yaml)) {
      calls.push([{name: t.name, arguments: JSON.stringify(instance(t.schema))}]);
      calls.push([{name: t.name, arguments: '{}'}], [{name: t.name, arguments: '{"location": "Boston, MA", "city": "Boston"}'}]);
      calls.push([{name: 'another', arguments: '{}'}]);
    }
  }
  const step = Math.max(1, Math.ceil(texts.length / (MOST - usual.length)));
  const all = [...usual, ...texts.filter((_, i) => i % step === 0)].map((text, i) => ({
    text, cost: i % 3 === 0 ? 0.5 : 0.0001, latency: i % 3 === 1 ? 60000 : 10,
  }));
  return [...all, ...calls.slice(0, 8).map((c) => ({calls: c, cost: 0.0001, latency: 10}))];
}

// passing are texts that an assertion may pass.
function passing(a, vars, yaml) {
  let value = a.value;
  if (typeof value === 'string') value = value.replace(/\{\{\s*(\w+)\s*\}\}/g, (all, name) => vars[name] ?? all);
  const type = a.type?.replace(/^not-/, '');
  switch (type) {
    case 'contains-all': case 'icontains-all': case 'contains-any': case 'icontains-any': {
      const list = Array.isArray(value) ? value : String(value).split(',').map((s) => s.trim());
      return [list.join(' and '), `It is ${list[0]}.`];
    }
    case 'equals': case 'contains': case 'icontains': case 'starts-with': case 'ends-with': case 'similar': case 'levenshtein':
    case 'rouge-n': case 'bleu': case 'regex': {
      const text = Array.isArray(value) ? value[0] : typeof value === 'object' ? JSON.stringify(value) : value;
      return [text, ` ${text}! `, `So: ${text} it is`].filter((t) => !String(t).includes('file://'));
    }
    case 'is-json': case 'contains-json': {
      const schema = typeof value === 'string' ? parsedYAML(value, yaml) : value;
      return [JSON.stringify(instance(schema ?? {type: 'object'})), `Sure. ${JSON.stringify(instance(schema ?? {}))}`];
    }
    case 'javascript': case 'python': {
      const quoted = [...String(value).matchAll(/["'`]([^"'`\n]{2,60})["'`]/g)].map((m) => m[1]).filter((t) => !/file:|\.\w+\(/.test(t));
      return quoted.length ? [quoted.join(' '), quoted[0]] : [];
    }
  }
  return [];
}

function parsedYAML(text, yaml) {
  try { return yaml.load(text.startsWith('file://') ? fs.readFileSync(text.slice(7), 'utf8') : text); } catch { return undefined; }
}

// declared are the tools of a provider with the schemas of their arguments.
function declared(config, yaml) {
  const list = [config.tools ?? [], config.functions ?? []].flat()
    .flatMap((t) => (typeof t === 'string' ? parsedYAML(t, yaml) ?? [] : t))
    .flatMap((t) => t.functionDeclarations ?? t.function_declarations ?? [t]);
  return list.map((t) => t.function ?? t.toolSpec ?? t).filter((t) => t?.name)
    .map((t) => ({name: t.name, schema: t.parameters ?? t.input_schema ?? t.inputSchema?.json ?? {type: 'object'}}));
}

// instance is a value that fits a plain schema.
function instance(schema, depth = 0) {
  if (typeof schema !== 'object' || schema === null || depth > 8) return 'x';
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const type = String([schema.type].flat()[0] ?? (schema.properties ? 'object' : 'object')).toLowerCase();
  switch (type) {
    case 'string': return 'Boston, MA';
    case 'number': case 'integer': return schema.minimum ?? 1;
    case 'boolean': return true;
    case 'null': return null;
    case 'array': return [instance(schema.items ?? {type: 'string'}, depth + 1)];
  }
  return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([k, v]) => [k, instance(v, depth + 1)]));
}

if (process.env.COMPARE_CHILD) await child();
else parent();
