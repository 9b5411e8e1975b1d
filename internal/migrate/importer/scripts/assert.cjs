// Runs the JavaScript assertions that stand in the .json file of the same name.
//
// Written by `promptbench import`. It speaks the protocol of command graders: one JSON object a line, each way.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const {pathToFileURL} = require('node:url');

const data = JSON.parse(fs.readFileSync(__filename.replace(/\.cjs$/, '.json'), 'utf8'));
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr); // what an assertion prints is no answer

// outputOf is what promptfoo hands to an assertion: the value itself where the model is asked for JSON by a schema or
// where a transform has made one, and calls of tools in the shape of the provider.
function outputOf(sample) {
  const calls = sample.tool_calls ?? [];
  if (calls.length && data.calls) return callsAs(data.calls, calls);
  if (data.parsed) {
    try {
      return JSON.parse(sample.reply.text);
    } catch { // then it is the text
    }
  }
  return sample.reply.text;
}

function callsAs(shape, calls) {
  const args = (call) => {
    try {
      return JSON.parse(call.arguments);
    } catch {
      return call.arguments;
    }
  };
  switch (shape) {
    case 'function': return {name: calls[0].name, arguments: calls[0].arguments};
    case 'google': return calls.map((call) => ({functionCall: {name: call.name, args: args(call)}}));
    case 'content': return JSON.stringify({type: 'tool_use', name: calls[0].name, input: args(calls[0])});
  }
  return calls.map((call) => ({type: 'function', function: {name: call.name, arguments: call.arguments}}));
}

// An Unloaded says that there is no code to run, so nothing is known of the reply.
class Unloaded extends Error {}

// load imports the function that a file exports.
async function load(assertion) {
  let loaded;
  try {
    loaded = await import(pathToFileURL(path.resolve(__dirname, assertion.file)).href);
  } catch (error) {
    throw new Unloaded(`loading ${assertion.file}: ${error.name}: ${error.message}`);
  }
  const exported = loaded.default ?? loaded;
  let run = typeof exported === 'function' ? exported : exported.default ?? exported.get_assert;
  if (assertion.function) run = loaded[assertion.function] ?? exported[assertion.function];
  if (typeof run !== 'function') throw new Unloaded(`${assertion.file} exports no function ${assertion.function ?? ''}`);
  return run;
}

// compile makes a function of code: an expression, the body of a function, or statements and an expression.
function compile(code) {
  const make = (body) => new Function('output', 'context', 'require', body);
  if (code.includes('\n')) return make(code); // several lines return what they give
  try {
    return make(`return (${code}\n);`);
  } catch { // then it is no expression
  }
  for (let at = code.lastIndexOf(';'); /^(const|let|var)\s/.test(code) && at > 0; at = code.lastIndexOf(';', at - 1)) {
    try {
      make(code.slice(0, at));
      return make(`${code.slice(0, at)}; return (${code.slice(at + 1)}\n);`);
    } catch { // then this semicolon is in a text, or what follows it is a statement
    }
  }
  return make(code);
}

// call returns what the code gives: an expression's value, or what it returns.
async function call(assertion, output, context) {
  if (assertion.file) return (await load(assertion))(output, context);
  const result = await compile(assertion.code.trim().replace(/;+\s*$/, ''))(output, context, require);
  return typeof result === 'function' ? result(output, context) : result;
}

// outcome is the verdict of an assertion. One that throws has failed, with or without not.
async function outcome(assertion, output, context) {
  try {
    if (assertion.transform) output = await compile(assertion.transform)(output, context, require);
    return verdict(await call(assertion, output, context), assertion);
  } catch (error) {
    if (error instanceof Unloaded) throw error;
    return {value: 0, pass: false, reason: `threw ${error?.name ?? 'an error'}: ${error?.message ?? error}`};
  }
}

// verdict makes a value from 0 to 1, a pass and a reason of what an assertion gives.
function verdict(result, assertion) {
  let score, pass, reason = '';
  if (typeof result === 'boolean') {
    [score, pass] = [Number(result), result];
  } else if (Number.isFinite(result)) {
    score = result;
  } else if (result !== null && typeof result === 'object' && ('pass' in result || 'score' in result)) {
    [score, pass, reason] = [result.score ?? Number(result.pass), result.pass, result.reason ?? ''];
  } else {
    throw new TypeError(`an assertion gave ${JSON.stringify(result)}, expected true, false, a number or an object`);
  }
  pass ??= assertion.threshold == null ? score > 0 : score >= assertion.threshold;
  if (assertion.not) [score, pass] = [1 - score, !pass];
  return {value: Math.min(Math.max(score, 0), 1), pass: pass || Boolean(assertion.measures), reason};
}

async function grade(sample) {
  const assertions = data.cases[sample.case];
  if (!assertions) return {not_applicable: 'the case has no JavaScript assertion'};
  const vars = {...sample.vars, ...data.vars[sample.case]};
  const all = [];
  for (const assertion of assertions) {
    const context = {vars, prompt: sample.input, config: assertion.config ?? {}, test: {vars}};
    const one = await outcome(assertion, outputOf(sample), context);
    if (!one.pass) one.reason ||= 'not so: ' + (assertion.code ?? assertion.file).split(/\s+/).join(' ').slice(0, 200);
    all.push(one);
  }
  return {
    value: all.reduce((sum, one) => sum + one.value, 0) / all.length,
    pass: all.every((one) => one.pass),
    reason: all.map((one) => one.reason).filter(Boolean).join('; '),
  };
}

async function main() {
  for await (const line of readline.createInterface({input: process.stdin})) {
    const message = JSON.parse(line);
    let answer;
    if ('protocol' in message) {
      answer = {protocol: 1, name: message.grader ?? 'javascript', version: '1'};
    } else {
      try {
        answer = await grade(message);
      } catch (error) {
        answer = {unscored: error.message};
      }
      answer.id = message.id;
    }
    write(JSON.stringify(answer) + '\n');
  }
}

main();
